"""Compile the .po catalogues of the extensions and of the command, when older or missing.

Used by the build of the wheel and by the `portal` command; must not import CKAN.
"""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

PATTERNS = (
    "ckanext-*/ckanext/*/i18n/*/LC_MESSAGES/*.po",
    "portal_kit/i18n/*/LC_MESSAGES/*.po",
)


def compile_all(root: Path) -> list[Path]:
    """Compile each .po below `root` whose .mo is missing or older; return the .mo files written.

    A .mo is replaced whole or not at all. Raises babel's PoFileError for a broken .po.
    """
    written: list[Path] = []
    for po in sorted(path for pattern in PATTERNS for path in root.glob(pattern)):
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
            continue
        with po.open("rb") as source:
            catalogue = read_po(source, locale=po.parts[-3], abort_invalid=True)
        unfinished = mo.with_suffix(".mo.part")
        with unfinished.open("wb") as target:
            write_mo(target, catalogue)
        unfinished.replace(mo)
        written.append(mo)
    return written
