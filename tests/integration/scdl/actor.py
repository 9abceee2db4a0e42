"""Somebody in a process of their own, who does what each line of its input says.

An order is ``{"at", "user", "action", "data", "file": [name, text]}``; several with the same ``at``
(seconds of the epoch) begin together. ``largest`` is the size that no file of the process passes:
what it writes then fails as it does on a full disk. Answers are ``{"result"}`` or ``{"refused"}``.
"""

import io
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.integration.scdl.publisher import loaded


class Actor:
    """The process, seen from the test."""

    def __init__(self, settings: dict[str, Any]) -> None:
        command = [sys.executable, "-m", "tests.integration.scdl.actor", json.dumps(settings)]
        self.process = subprocess.Popen(
            command, cwd=Path(__file__).parents[3], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def tell(self, **order: Any) -> None:
        """Give an order."""
        assert self.process.stdin
        self.process.stdin.write(f"{json.dumps(order)}\n")
        self.process.stdin.flush()

    def answer(self) -> dict[str, Any]:
        """What came of it."""
        assert self.process.stdout
        for line in self.process.stdout:
            if line.startswith("{"):
                return json.loads(line)
        raise AssertionError("the actor ended")

    def end(self) -> None:
        """Let it go."""
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(timeout=30)


def _do(order: dict[str, Any]) -> Any:
    import ckan.plugins.toolkit as tk
    from ckan import model
    from werkzeug.datastructures import FileStorage

    data = dict(order["data"])
    if order.get("file"):
        name, text = order["file"]
        data["upload"] = FileStorage(io.BytesIO(text.encode()), filename=name)
    user: Any = model.User.get(order["user"])
    context: Any = {"user": user.name, "auth_user_obj": user}
    time.sleep(max(0.0, order.get("at", 0.0) - time.time()))
    try:
        return {"result": tk.get_action(order["action"])(context, data)}
    except tk.ValidationError as error:
        return {"refused": "; ".join(map(str, error.error_summary.values()))}
    except (tk.NotAuthorized, tk.ObjectNotFound) as error:
        return {"refused": str(error)}


def main() -> None:
    """Answer orders until there are no more."""
    application = loaded(json.loads(sys.argv[1]))
    from ckan import model

    for line in sys.stdin:
        order = json.loads(line)
        if "largest" in order:
            resource.setrlimit(resource.RLIMIT_FSIZE, (order["largest"], order["largest"]))
        with application.test_request_context():
            found = _do(order)
            model.Session.remove()
        sys.stdout.write(f"{json.dumps(found, default=str)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
