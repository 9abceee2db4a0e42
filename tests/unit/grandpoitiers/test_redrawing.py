"""Pictures that officers send: what comes out is a picture and nothing else."""

import io
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from ckanext.grandpoitiers.pages.redrawing import WIDEST, PictureError, redrawn

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def drawn(kind: str, size: tuple[int, int] = (40, 30), mode: str = "RGB", **more: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "#336699").save(out, kind, **more)
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(redrawn(content).content))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_each_kind_comes_out_as_one_that_everybody_shows(kind: str) -> None:
    assert redrawn(drawn(kind)).ending == "jpg"
    assert opened(drawn(kind)).size == (40, 30)


def test_what_is_transparent_stays_so() -> None:
    picture = redrawn(drawn("PNG", mode="RGBA"))
    assert picture.ending == "png"
    assert opened(drawn("PNG", mode="RGBA")).mode == "RGBA"


def test_where_it_was_taken_and_what_was_hidden_in_it_are_left_behind() -> None:
    told = Image.Exif()
    told[0x010E] = "<script>alert(1)</script>"
    told[0x0112] = 6
    told.get_ifd(0x8825)[1] = "N"
    sent = drawn("JPEG", exif=told, comment=b"<script>") + b"<script>alert(1)</script>"
    kept = redrawn(sent).content
    assert b"<script>" not in kept
    assert not opened(sent).getexif()
    # Its side says that the camera was held upright: it is turned, then the mark goes.
    assert opened(sent).size == (30, 40)


def test_a_wide_one_is_made_smaller() -> None:
    assert opened(drawn("PNG", (4000, 1000))).size == (WIDEST, 400)


def test_a_small_file_of_very_many_pixels_is_refused_unread() -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")
    with pytest.raises(PictureError):
        redrawn(bomb)


@pytest.mark.parametrize("sent", [b"", SVG, b"GIF89a", b"%PDF-1.7", drawn("PNG")[:60]])
def test_what_is_no_picture_is_refused(sent: bytes) -> None:
    with pytest.raises(PictureError):
        redrawn(sent)


@given(st.binary(max_size=200), st.integers(0, 300))
@settings(max_examples=80)
def test_a_spoilt_one_is_read_or_refused(noise: bytes, place: int) -> None:
    whole = drawn("PNG")
    try:
        redrawn(whole[:place] + noise + whole[place:])
    except PictureError:
        return
