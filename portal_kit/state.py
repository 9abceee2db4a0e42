"""Small JSON files written whole or not at all: remembered options, ports and finished steps."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from portal_kit.errors import PortalError
from portal_kit.i18n import _


def write_atomically(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Write beside `path`, flush to disk, rename: a reader sees the old content or the new."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    # One left by a killed process of the same number may have another mode.
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def read_json(path: Path) -> dict[str, Any]:
    """The object in `path`, empty when there is none.

    Raises PortalError when the file is there but is not ours any more.
    """
    try:
        content: Any = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise _damaged(path, str(error)) from error
    if not isinstance(content, dict):
        raise _damaged(path, _("no JSON object"))
    return dict(content)  # pyright: ignore[reportUnknownArgumentType]  (JSON is checked here)


def _damaged(path: Path, reason: str) -> PortalError:
    return PortalError(
        _("{path} is damaged ({reason}). Put back the one of a backup.").format(
            path=path, reason=reason
        )
    )


@dataclass
class State:
    """What `up` remembers from one run to the next (`state.json`)."""

    host: str = "127.0.0.1"
    port: int = 5000
    demo: bool = True
    ports: dict[str, int] = field(default_factory=dict[str, int])
    steps: dict[str, str] = field(default_factory=dict[str, str])
    """Finished set-up steps, each with the fingerprint of what it was done from."""

    @classmethod
    def load(cls, path: Path) -> "State":
        """Read the file; keys of other versions are left out.

        Raises PortalError when a value is not of the kind that was written.
        """
        try:
            return cls.read(read_json(path))
        except TypeError as error:
            raise _damaged(path, str(error)) from error

    @classmethod
    def read(cls, content: Mapping[str, Any]) -> "State":
        """The state that `asdict` had written. Raises TypeError naming a value of another kind."""
        state = cls()
        for name in cls.__dataclass_fields__:
            if name in content:
                if type(content[name]) is not type(getattr(state, name)):
                    raise TypeError(name)
                setattr(state, name, content[name])
        return state

    def save(self, path: Path) -> None:
        """Write the file whole."""
        write_atomically(path, dump_json(asdict(self)))

    def forget_steps(self, *names: str) -> None:
        """Make the named steps due again."""
        for name in names:
            self.steps.pop(name, None)


def dump_json(content: Mapping[str, Any]) -> bytes:
    """Indented UTF-8 with a final newline, for people who open the file."""
    return json.dumps(content, indent=2, ensure_ascii=False).encode() + b"\n"
