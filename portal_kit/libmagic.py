"""libmagic from a wheel, for machines that have none: CKAN asks for it at import time.

python-magic looks for `libmagic.so.1` by name; the folder of the wheel's copy has to be on the
loader's path before the process starts, and the database's version must be the library's.
"""

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables that make the wheel's library and its database the ones that are loaded."""
    spec = find_spec("pylibmagic")
    if spec is None or spec.origin is None:
        return {}
    folder = Path(spec.origin).parent
    paths = [str(folder), *filter(None, [environ.get("LD_LIBRARY_PATH")])]
    return {"LD_LIBRARY_PATH": ":".join(paths), "MAGIC": str(folder / "magic.mgc")}
