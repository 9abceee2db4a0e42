"""The pictures sent with pages that nothing shows any more, and their end.

A picture of a former version is in use: that version can be brought back. Only those in a folder
are erased, not those that a storage of CKAN's keeps elsewhere.
"""

import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from ckan import model
from ckan.lib import uploader

from ckanext.grandpoitiers import config
from ckanext.grandpoitiers.pages.model import pages, versions
from ckanext.grandpoitiers.pages.uploads import KIND

ADDRESS = re.compile(rf"/uploads/{KIND}/([\w.-]+)")


@dataclass(frozen=True, slots=True)
class Unused:
    """A picture that nothing shows; `bytes` its weight, `ends` when it may be erased."""

    path: Path
    bytes: int
    ends: datetime


def unused() -> list[Unused]:
    """Those that nothing shows, by name. Those in use are noted as seen today.

    The moment a file was last changed is when it was last known to be in use.
    """
    folder = _folder()
    if folder is None:
        return []
    used, found = _used(), list[Unused]()
    for path in sorted(folder.iterdir()):
        if path.name in used:
            os.utime(path)
            continue
        state = path.stat()
        seen = datetime.fromtimestamp(state.st_mtime, UTC)
        found.append(Unused(path, state.st_size, seen + config.pictures_kept()))
    return found


def erase(now: datetime) -> tuple[int, int]:
    """Erase those kept long enough: how many, and how many more are unused."""
    found = unused()
    over = [one for one in found if one.ends <= now]
    for one in over:
        one.path.unlink(missing_ok=True)
    return len(over), len(found) - len(over)


def _folder() -> Path | None:
    where = getattr(uploader.get_uploader(KIND), "storage_path", None)
    return Path(where) if where else None


def _used() -> set[str]:
    """The names of the files that some text of the portal shows."""
    group, user = model.Group, model.User
    texts = (
        *(sa.cast(table.c.content, sa.UnicodeText) for table in (pages, versions)),
        *(group.description, group.image_url, sa.cast(model.group_table.c.extras, sa.UnicodeText)),
        *(model.Package.notes, model.Resource.description, model.Resource.url),
        *(user.about, user.image_url, model.SystemInfo.value),
    )
    sign = f"%/uploads/{KIND}/%"
    rows = (
        row
        for text in texts
        for row in model.Session.scalars(sa.select(text).where(text.like(sign)))
    )
    return {name for row in rows for name in ADDRESS.findall(row)}
