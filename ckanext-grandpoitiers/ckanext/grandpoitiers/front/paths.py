"""Control characters of an address stay percent-encoded, as they were sent.

Decoded, a line break forges lines in the logs, where CKAN and the web server write the path as it
is, and a NUL makes PostgreSQL fail. No page has such an address: CKAN answers 404.

Pure WSGI: must import neither CKAN nor Flask.
"""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# WSGI gives the bytes of the path as Latin-1 (PEP 3333): from 0x80 on they are parts of UTF-8.
CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


class PlainPaths:
    """WSGI: encodes again the control characters of the path, for all that stand behind it.

    The environment itself is changed, so that the web server's own log says the same.
    """

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        environ["PATH_INFO"] = CONTROLS.sub(
            lambda found: f"%{ord(found.group()):02X}", environ.get("PATH_INFO", "")
        )
        return self._app(environ, start_response)
