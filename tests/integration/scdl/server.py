"""The portal in a process of its own, that answers over HTTP until its input ends.

Its first line of output is its address.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from werkzeug.serving import make_server

from tests.integration.scdl.publisher import loaded


@contextmanager
def served(settings: dict[str, Any]) -> Generator[str]:
    """Its address, while it answers."""
    command = [sys.executable, "-m", "tests.integration.scdl.server", json.dumps(settings)]
    root = Path(__file__).parents[3]
    with subprocess.Popen(
        command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        try:
            yield next(line for line in process.stdout if line.startswith("http")).strip()
        finally:
            process.stdin.close()


def main() -> None:
    """Answer until there is no more input."""
    # Whoever reads throughout asks more often than the limits let a person do.
    off = {"ckanext.grandpoitiers.limits.enabled": "false"}
    application = loaded({**json.loads(sys.argv[1]), "options": off})
    server = make_server("127.0.0.1", 0, application, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"http://127.0.0.1:{server.server_port}\n")
    sys.stdout.flush()
    sys.stdin.read()
    server.shutdown()


if __name__ == "__main__":
    main()
