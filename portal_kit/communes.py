"""The communes of a territory, read from the npm package `@etalab/decoupage-administratif`.

Pure: bytes in, frozen dataclasses and YAML text out; must import neither CKAN nor an HTTP client.
The package is the French State's own list of communes and of their groupings (MIT licence).
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import yaml

from portal_kit.i18n import _

HEADER = """\
# The communes of {name}, written by `./portal communes --epci {siren}`
# from the npm package {package} (MIT licence).
# Population: the one in force that this package gives, in inhabitants.
"""


class TerritoryError(ValueError):
    """The list of communes can't be made; the message is one sentence."""


@dataclass(frozen=True)
class Commune:
    """One commune: INSEE code, name, inhabitants, postal codes."""

    insee: str
    name: str
    population: int
    postal_codes: tuple[str, ...]


@dataclass(frozen=True)
class Territory:
    """A grouping of communes (EPCI): SIREN, name, and its communes in the order of their codes."""

    siren: str
    name: str
    communes: tuple[Commune, ...]

    @property
    def population(self) -> int:
        """Inhabitants of all its communes."""
        return sum(commune.population for commune in self.communes)


def extract(siren: str, groupings: bytes, communes: bytes) -> Territory:
    """The territory of the EPCI `siren`, from the package's `epci.json` and `communes.json`.

    Raises TerritoryError when no EPCI has this SIREN, or a file isn't what the package holds.
    """
    try:
        grouping = next((item for item in json.loads(groupings) if item["code"] == siren), None)
        if grouping is None:
            raise TerritoryError(
                _("No EPCI has the SIREN {siren}: check its nine digits.").format(siren=siren)
            )
        members = {member["code"] for member in grouping["membres"]}
        found = tuple(
            _commune(item)
            for item in sorted(json.loads(communes), key=lambda item: str(item["code"]))
            # Delegated communes share their code with the present one.
            if item["type"] == "commune-actuelle" and item["code"] in members
        )
        name = str(grouping["nom"])
    except (KeyError, TypeError, json.JSONDecodeError) as error:
        raise TerritoryError(
            _("The package's files have another form than expected: {reason}.").format(reason=error)
        ) from error
    missing = members - {commune.insee for commune in found}
    if missing:
        raise TerritoryError(
            _("The package does not describe these communes: {codes}.").format(
                codes=", ".join(sorted(missing))
            )
        )
    return Territory(siren, name, found)


def _commune(item: Mapping[str, Any]) -> Commune:
    return Commune(
        insee=str(item["code"]),
        name=str(item["nom"]),
        population=int(item.get("population", 0)),
        postal_codes=tuple(str(code) for code in item.get("codesPostaux", ())),
    )


def dump(territory: Territory, package: str) -> str:
    """The text of `communes.yaml`; `package` names the package and its version."""
    content = {
        "epci": {"siren": territory.siren, "name": territory.name},
        "communes": [
            asdict(commune) | {"postal_codes": list(commune.postal_codes)}
            for commune in territory.communes
        ],
    }
    header = HEADER.format(name=territory.name, siren=territory.siren, package=package)
    return header + yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
