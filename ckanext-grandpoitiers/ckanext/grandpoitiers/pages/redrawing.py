"""Pictures that officers send, written anew: what comes out is a picture and nothing else.

Where it was taken, a script, a second document behind the first are left behind with the file.
Pure: must import neither CKAN nor an HTTP client.
"""

import io
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from ckanext.grandpoitiers.errors import N_, GrandPoitiersError

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
WIDEST = 1600
"""Pixels of the longer side: twice the width of an article, for fine screens."""
MOST_PIXELS = 50_000_000
"""A telephone's camera has 50 million; a bomb of a few kilobytes has a thousand times that."""
QUALITY = 82

NOT_PICTURE = N_(
    "This file is not a picture that can be shown: send a JPEG, PNG, WebP or GIF. A drawing in SVG "
    "may hold programs: export it as PNG."
)
TOO_HEAVY = N_("This picture weighs {size} MB; {most} MB at most. Save it smaller, then send it.")
TOO_WIDE = N_("This picture is {width} by {height} pixels: that is too many. Make it smaller.")

BOMB = N_("This picture has far too many pixels. Make it smaller.")


class PictureError(GrandPoitiersError):
    """A file that is no picture, or too large a one; one sentence."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is kept; `ending` is `jpg` or `png`."""

    content: bytes
    ending: str


def redrawn(content: bytes) -> Picture:
    """The picture that a file holds, upright, at most WIDEST pixels, without anything else.

    PNG when some of it is transparent, else JPEG: what every browser and every network shows. Of
    an animation the first image stays. Raises PictureError.
    """
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
            width, height = opened.size
            if width * height > MOST_PIXELS:
                raise PictureError(TOO_WIDE, width=width, height=height)
            upright = ImageOps.exif_transpose(opened)
            upright.thumbnail((WIDEST, WIDEST))
            return _written(upright)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError(BOMB) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        # What Pillow raises for a file that is cut, or lies about itself.
        raise PictureError(NOT_PICTURE) from error


def _written(picture: Image.Image) -> Picture:
    out = io.BytesIO()
    if picture.has_transparency_data:
        _bare(picture.convert("RGBA")).save(out, "PNG", optimize=True)
        return Picture(out.getvalue(), "png")
    _bare(picture.convert("RGB")).save(out, "JPEG", quality=QUALITY, optimize=True)
    return Picture(out.getvalue(), "jpg")


def _bare(picture: Image.Image) -> Image.Image:
    """The pixels alone: Pillow hands comments, profiles and EXIF on to the copy."""
    bare = Image.new(picture.mode, picture.size)
    bare.paste(picture)
    return bare
