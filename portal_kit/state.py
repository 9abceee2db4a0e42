"""Small JSON files written whole or not at all: remembered options, ports and finished steps."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from portal_kit.errors import PortalError


def write_atomically(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Write beside `path`, flush to disk, rename: a reader sees the old content or the new."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)


def read_json(path: Path) -> dict[str, Any]:
    """The object in `path`, empty when there is none.

    Raises PortalError when the file is there but is not ours any more.
    """
    try:
        content: Any = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise PortalError(
            f"{path} is damaged ({error}). Restore it from a backup, "
            "or delete it to have it made again."
        ) from error
    if not isinstance(content, dict):
        raise PortalError(f"{path} does not hold a JSON object. Restore it from a backup.")
    return dict(content)  # pyright: ignore[reportUnknownArgumentType]  (JSON is checked here)


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
        """Read the file; keys of other versions are left out."""
        known = cls.__dataclass_fields__
        return cls(**{key: value for key, value in read_json(path).items() if key in known})

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
