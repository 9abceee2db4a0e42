"""supervisord's configuration: what it restarts, stops in order, and whose logs it rotates."""

import os
import shlex
import sys
from pathlib import Path

from portal_kit.deployment import LOOPBACK, Deployment
from portal_kit.services import catalogue

LOG_BYTES = 5_000_000
LOG_COPIES = 3


def text(deployment: Deployment) -> str:
    """The configuration file of one portal. It holds a password: keep it private."""
    home = deployment.home
    head = f"""\
[supervisord]
logfile={_beside(home.logs / "supervisord.log")}
logfile_maxbytes={LOG_BYTES}
logfile_backups={LOG_COPIES}
pidfile={_beside(home.run / "supervisord.pid")}
childlogdir=%(here)s/../{home.logs.name}
silent=true
{"user=root" if os.geteuid() == 0 else ""}

[inet_http_server]
port={LOOPBACK}:{deployment.state.ports["supervisor"]}
username=portal
password={deployment.secrets["supervisor"]}

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
"""
    names = catalogue.names(deployment)
    return head + "".join(
        _program(deployment, name, priority=10 * (n + 1)) for n, name in enumerate(names)
    )


def _program(deployment: Deployment, name: str, priority: int) -> str:
    service = catalogue.service(deployment, name)
    return f"""
[program:{name}]
command={shlex.quote(sys.executable).replace("%", "%%")} -m portal_kit.child {name}
priority={priority}
autostart=false
autorestart=true
startsecs=1
startretries=10
stopsignal={service.stop_signal.name.removeprefix("SIG")}
stopwaitsecs={service.stop_seconds}
killasgroup=true
redirect_stderr=true
stdout_logfile={_beside(deployment.log_file(name))}
stdout_logfile_maxbytes={LOG_BYTES}
stdout_logfile_backups={LOG_COPIES}
"""


def _beside(path: Path) -> str:
    """A path of the home, from the configuration's own folder `run/`.

    Written out, what follows a ` #` or a ` ;` in a home's name would be taken for a comment.
    """
    return f"%(here)s/../{path.parent.name}/{path.name}"
