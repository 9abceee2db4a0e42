# pyright: reportMissingImports=false
# (pycsw lives in an environment of its own: portal_kit/services/pycsw.py makes it)
"""The WSGI application that gunicorn runs in pycsw's own environment.

Must import nothing of the project: that environment holds pycsw and its dependencies only.
"""

import os
from collections.abc import Callable, Iterable
from typing import Any

from pycsw.server import Csw

CONFIGURATION = os.environ["PYCSW_CONFIG"]


def application(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    """Answer one CSW request from the configuration we were started with.

    pycsw's own entry (`pycsw.wsgi`) opens whatever file the query string names after `config`,
    and prints each request's path: a demonstration server needs neither.
    """
    server = Csw(CONFIGURATION, environ)
    status, content = server.dispatch_wsgi()
    content_type = server.contenttype
    if isinstance(content_type, bytes):
        content_type = content_type.decode()
    start_response(status, [("Content-Type", content_type), ("Content-Length", str(len(content)))])
    return [content]
