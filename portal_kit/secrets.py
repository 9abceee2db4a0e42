"""The portal's own secrets: random, made once, kept in one file that only its owner can read."""

import secrets
import shlex
from pathlib import Path
from stat import S_IMODE

from portal_kit.errors import PortalError
from portal_kit.i18n import _
from portal_kit.state import dump_json, read_json, write_atomically

NAMES = (
    "postgres_superuser",
    "postgres_ckan",
    "postgres_datastore_reader",
    "valkey",
    "solr",
    "supervisor",
    "session_key",
    "api_token_key",
)


def load_or_make(path: Path) -> dict[str, str]:
    """The secrets by name (see NAMES), each of 256 random bits; the missing ones are made now.

    Raises PortalError when others than the owner can read the file.
    """
    known = read_json(path)
    if known and S_IMODE(path.stat().st_mode) & 0o077:
        raise PortalError(
            _("{path} is readable by others. Type: {command}").format(
                path=path, command=f"chmod 600 {shlex.quote(str(path))}"
            )
        )
    missing = [name for name in NAMES if name not in known]
    if missing:
        known.update({name: secrets.token_hex(32) for name in missing})
        write_atomically(path, dump_json(known), mode=0o600)
    return {name: str(known[name]) for name in NAMES}


def password() -> str:
    """A password a person can copy: 20 letters and digits without look-alikes (about 115 bits)."""
    alphabet = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    return "".join(secrets.choice(alphabet) for _ in range(20))
