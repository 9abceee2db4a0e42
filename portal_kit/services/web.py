"""The CKAN web process, under gunicorn."""

import sys
from http.client import HTTPConnection, HTTPException

from portal_kit.deployment import LOOPBACK, Deployment
from portal_kit.services.base import Service

# No address, no query string, no user agent: the log says what is asked of the portal, not by whom.
ACCESS_LOG = "%(t)s %(m)s %(U)s %(s)s %(B)s %(M)sms"


def service(deployment: Deployment) -> Service:
    """How the supervisor runs it: two processes of four threads, 200 MB each."""
    host = f"[{deployment.state.host}]" if ":" in deployment.state.host else deployment.state.host
    return Service(
        name="web",
        command=[
            *(sys.executable, "-m", "gunicorn", "portal_kit.wsgi:application"),
            *("--bind", f"{host}:{deployment.state.port}"),
            *("--worker-class", "gthread", "--workers", "2", "--threads", "4"),
            *("--timeout", "120", "--graceful-timeout", "15"),
            *("--access-logfile", "-", "--access-logformat", ACCESS_LOG),
            # Its control socket would lie in the user's home, outside the portal's folder.
            "--no-control-socket",
            *("--worker-tmp-dir", str(deployment.home.run)),
        ],
        healthy=lambda: answers(deployment),
        environment=deployment.ckan_environment(),
        start_seconds=120,
        stop_seconds=30,
    )


def answers(deployment: Deployment) -> bool:
    """Whether the portal answers `/health` with 200: web, database, search and queue together."""
    host = deployment.state.host
    host = {"0.0.0.0": LOOPBACK, "::": "::1"}.get(host, host)  # noqa: S104  (an address to ask, not to bind)
    connection = HTTPConnection(host, deployment.state.port, timeout=10)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
