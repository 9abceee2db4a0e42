"""Decompression that stops in time. Pure: bytes in, bytes out.

Only gzip and deflate are asked for: their decoders can be fed piece by piece with a bound on
what each piece may become, which Brotli's and Zstandard's in Python can't (limits.md 6.2 names
the advisories). An answer that hides megabytes in kilobytes is stopped after the first excess.
"""

import zlib
from collections.abc import Iterable, Iterator

from portal_kit.outbound.errors import N_, BrokenAnswer, TooLarge

ACCEPTED = "gzip, deflate"
STEP = 256 * 1024
INNOCENT = 1024 * 1024
"""Under this size the ratio isn't looked at: a small repetitive page compresses very well."""

MEGABYTE = 1024 * 1024


def decoded(
    chunks: Iterable[bytes], encoding: str, *, host: str, limit: int, ratio: int
) -> Iterator[bytes]:
    """The content of an answer, in pieces of at most 256 KiB when it was compressed.

    `limit` is the size allowed in bytes, received or decoded, `ratio` how many times it may be
    what was received. Raises TooLarge past either, BrokenAnswer when the compression is another
    one or is damaged or cut short.
    """
    received = produced = 0
    for raw, piece in _pieces(chunks, encoding.strip().lower(), host):
        received += raw
        produced += len(piece)
        if max(received, produced) > limit:
            raise TooLarge(
                N_(
                    "The answer of {host} is larger than {megabytes} MB: "
                    "ask for fewer records at a time, or raise the limit."
                ),
                host=host,
                megabytes=limit // MEGABYTE,
            )
        if produced > INNOCENT and produced > received * ratio:
            raise TooLarge(
                N_(
                    "The answer of {host} grows more than {ratio} times when decompressed and "
                    "was refused: warn the server's administrator."
                ),
                host=host,
                ratio=ratio,
            )
        yield piece


def _pieces(chunks: Iterable[bytes], encoding: str, host: str) -> Iterator[tuple[int, bytes]]:
    if encoding in ("", "identity"):
        yield from ((len(chunk), chunk) for chunk in chunks)
    elif encoding in ("gzip", "x-gzip", "deflate"):
        try:
            yield from _inflate(chunks, gzip=encoding != "deflate")
        except zlib.error as error:
            raise BrokenAnswer(
                N_("The compressed answer of {host} is damaged: try again later."), host=host
            ) from error
    else:
        raise BrokenAnswer(
            N_(
                "The answer of {host} is in an encoding that was not asked for ({encoding}): "
                "warn the server's administrator."
            ),
            host=host,
            encoding=encoding,
        )


def _inflate(chunks: Iterable[bytes], *, gzip: bool) -> Iterator[tuple[int, bytes]]:
    decoder = None
    for chunk in chunks:
        if decoder is None:
            decoder = zlib.decompressobj(_window(chunk, gzip=gzip))
        pending, raw = chunk, len(chunk)
        while pending and not decoder.eof:
            yield raw, decoder.decompress(pending, STEP)
            pending, raw = decoder.unconsumed_tail, 0
        if raw:
            yield raw, b""  # after the end of the stream: nobody reads it, but it counts
    if decoder is not None and not decoder.eof:
        raise zlib.error("the stream stops before its end")


def _window(start: bytes, *, gzip: bool) -> int:
    """zlib's parameter: `deflate` means zlib (RFC 9110 8.4.1.2), but many servers send it bare."""
    if gzip:
        return 16 + zlib.MAX_WBITS
    has_zlib_header = start[:1] in (
        b"\x08",
        b"\x18",
        b"\x28",
        b"\x38",
        b"\x48",
        b"\x58",
        b"\x68",
        b"\x78",
    )
    return zlib.MAX_WBITS if has_zlib_header else -zlib.MAX_WBITS
