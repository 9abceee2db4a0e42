"""The protobuf wire format, walked at its first level only, before anything is built.

Pure: imports neither ``ckan`` nor an HTTP client. A message that lies about its lengths or holds
ten million entities is refused here, at the cost of reading a few varints; each entity is then
parsed alone, so that the memory needed is that of the largest one and a broken one loses nothing
but itself (https://protobuf.dev/programming-guides/encoding/).
"""

from collections.abc import Iterator

from ckanext.realtime.errors import Undecodable
from ckanext.realtime.problems import Kind

HEADER, ENTITY = 1, 2
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_FIXED = {_FIXED64: 8, _FIXED32: 4}


def fields(payload: bytes, limit: int) -> Iterator[tuple[int, memoryview]]:
    """``(field number, content)`` of every length-delimited field of a message.

    Raises Undecodable when a length goes beyond the end, when the format is broken, or past
    ``limit`` fields.
    """
    view, position, end, count = memoryview(payload), 0, len(payload), 0
    while position < end:
        tag, position = _varint(view, position, end)
        number, wire = tag >> 3, tag & 7
        if wire == _VARINT:
            _, position = _varint(view, position, end)
        elif wire in _FIXED:
            position = _advanced(position, _FIXED[wire], end)
        elif wire == _BYTES and number:
            size, start = _varint(view, position, end)
            position = _advanced(start, size, end)
            count += 1
            if count > limit:
                raise Undecodable.because(Kind.TOO_MANY_ROWS, limit=limit)
            yield number, view[start:position]
        else:
            raise Undecodable.because(Kind.NOT_PROTOBUF, reason=f"wire type {wire}")


def _advanced(position: int, size: int, end: int) -> int:
    if size > end - position:
        raise Undecodable.because(
            Kind.NOT_PROTOBUF, reason=f"{size} bytes announced, {end - position} left"
        )
    return position + size


def _varint(view: memoryview, position: int, end: int) -> tuple[int, int]:
    value = shift = 0
    while position < end and shift < 70:
        byte = view[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7
    raise Undecodable.because(Kind.NOT_PROTOBUF, reason="a number does not end")
