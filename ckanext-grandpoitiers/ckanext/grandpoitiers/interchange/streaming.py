"""Documents sent as they are made, and not at all to who has them already."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack

from flask import Response, request
from werkzeug.http import http_date, is_resource_modified

from ckanext.grandpoitiers.interchange import seen

OPEN = {"Access-Control-Allow-Origin": "*", "X-Content-Type-Options": "nosniff"}


def send(
    stack: ExitStack,
    etag: str,
    media_type: str,
    chunks: Iterator[bytes],
    more: Mapping[str, str] | None = None,
) -> Response:
    """The document, or 304. `stack` is left when the last chunk is sent or the reader has gone."""
    since = seen.since(f"{request.path}?{request.query_string.decode('ascii', 'ignore')}", etag)
    headers = {"ETag": f'"{etag}"', "Last-Modified": http_date(since), **OPEN, **(more or {})}
    if not is_resource_modified(request.environ, etag=etag, last_modified=since):
        return Response(status=304, headers=headers)
    if request.method == "HEAD":
        return Response(headers=headers, content_type=media_type)
    body = _until_closed(chunks, stack.pop_all())
    return Response(body, headers=headers, content_type=media_type)


class _until_closed:  # noqa: N801  (a function in all but its `close`)
    """The chunks, and the end of the transaction they come from, whoever stops first."""

    def __init__(self, chunks: Iterator[bytes], stack: ExitStack) -> None:
        self._chunks = chunks
        self._stack = stack

    def __iter__(self) -> "_until_closed":
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._chunks)
        except StopIteration:
            self.close()
            raise

    def close(self) -> None:
        """Let the database go; WSGI servers call it, at the end or when the reader has gone."""
        self._stack.close()
