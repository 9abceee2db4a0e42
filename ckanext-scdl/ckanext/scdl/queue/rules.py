"""Which file is for which dataset: the rules of ``drop.yaml``, told by the name of the file.

Pure: must import neither CKAN nor an HTTP client. A rule is ``{file: pattern, resource: id}`` or
``{file: pattern, organization: name, schema: name}``; patterns are those of a shell (``*.csv``).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from ckanext.scdl.errors import N_, ScdlError


class RulesRefused(ScdlError):
    """A rule that can't be used, or a name that no rule or several match."""


@dataclass(frozen=True, slots=True)
class Rule:
    """``resource`` or ``organization`` says where; repairs are refused unless ``repairs``."""

    pattern: str
    resource: str = ""
    organization: str = ""
    schema: str = ""
    repairs: bool = False


def read(said: Any) -> tuple[Rule, ...]:
    """The rules of a document ``{rules: […]}``. Raises RulesRefused."""
    lines = said.get("rules") if isinstance(said, Mapping) else None
    if not isinstance(lines, list):
        raise RulesRefused(N_("The rules of the drop are a list named “rules”."))
    return tuple(_rule(line) for line in lines)


def _rule(line: Any) -> Rule:
    known = {"file", "resource", "organization", "schema", "repairs"}
    if not isinstance(line, Mapping) or not line.get("file") or not set(line) <= known:
        raise RulesRefused(N_("A rule of the drop is not understood: {rule}"), rule=line)
    where = [key for key in ("resource", "organization") if line.get(key)]
    if len(where) != 1:
        raise RulesRefused(
            N_("A rule of the drop says either a resource or an organisation: {rule}"), rule=line
        )
    return Rule(
        str(line["file"]),
        str(line.get("resource") or ""),
        str(line.get("organization") or ""),
        str(line.get("schema") or ""),
        bool(line.get("repairs")),
    )


def match(name: str, rules: Iterable[Rule]) -> Rule:
    """The rule for a file; case does not count. Raises RulesRefused."""
    found = [one for one in rules if fnmatchcase(name.lower(), one.pattern.lower())]
    if not found:
        raise RulesRefused(N_("No rule says which dataset {name} is for: it waits."), name=name)
    if len(found) > 1:
        raise RulesRefused(N_("Several rules match {name}: it waits."), name=name)
    return found[0]
