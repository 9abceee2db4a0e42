"""The tree of who publishes, read from organisations.yaml and communes.yaml.

Pure: must import neither CKAN nor an HTTP client; documents come in already parsed.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from ckanext.grandpoitiers.errors import N_, OrganisationError

NAME = re.compile(r"[a-z0-9][a-z0-9_-]+")


@dataclass(frozen=True)
class Organisation:
    """An organisation to be there.

    `parent` is the name of the one above, None at the top; `insee` is the code of the commune it
    is, None for any other.
    """

    name: str
    title: str
    description: str
    parent: str | None
    insee: str | None = None


@dataclass(frozen=True)
class Commune:
    """A commune of the territory: its INSEE code (5 characters), its name, and where it is.

    `centre` is longitude and latitude, `bbox` west, south, east, north, in degrees, None when
    they are not known; `aliases` are names and codes of the communes that it took in.
    """

    insee: str
    name: str
    aliases: tuple[str, ...] = ()
    centre: tuple[float, float] | None = None
    bbox: tuple[float, float, float, float] | None = None


@dataclass(frozen=True)
class Node:
    """An organisation in the tree on screen; `datasets` counts its own, not its children's.

    The communes below it stand apart from its services.
    """

    name: str
    title: str
    datasets: int
    children: tuple["Node", ...]
    communes: tuple["Node", ...] = ()

    @property
    def total(self) -> int:
        """The datasets of the organisation and of all below it."""
        return self.datasets + sum(node.total for node in (*self.children, *self.communes))


def slug(text: str) -> str:
    """`Jaunay-Marigny` → `jaunay-marigny`, `Béruges` → `beruges`: for addresses."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def read_communes(document: object) -> tuple[Commune, ...]:
    """The communes of a parsed communes.yaml: a list, or a mapping with a list `communes`.

    Raises OrganisationError when one has no `insee` or no `name`.
    """
    listed = _mapping(document).get("communes", document)
    if not isinstance(listed, list):
        raise OrganisationError(N_("communes.yaml holds no list of communes."))
    return tuple(_commune(entry) for entry in cast("list[object]", listed))


def read_organisations(document: object, communes: Sequence[Commune]) -> tuple[Organisation, ...]:
    """Every organisation of a parsed organisations.yaml, each parent before its children.

    Raises OrganisationError with the first thing that is wrong.
    """
    listed = _mapping(document).get("organisations")
    if not isinstance(listed, list) or not listed:
        raise OrganisationError(N_("organisations.yaml holds no list named “organisations”."))
    found = tuple(_below(cast("list[object]", listed), None, communes))
    seen: set[str] = set()
    for organisation in found:
        if organisation.name in seen:
            raise OrganisationError(
                N_("The organisation “{name}” is there twice."), name=organisation.name
            )
        seen.add(organisation.name)
    return found


def grow(
    rows: Sequence[tuple[str, str, str | None]],
    datasets: Mapping[str, int],
    communes: Collection[str] = (),
) -> tuple[Node, ...]:
    """The tree of `(name, title, parent's name or None)` rows, sisters in alphabetical order.

    `communes` are the names of those that are communes.
    An organisation whose parent is unknown stands at the top, and one that is its own ancestor
    stands there too: nobody disappears from the page for a mistake in the tree.
    """
    parents = {name: parent for name, _, parent in rows}
    titles = {name: title for name, title, _ in rows}
    children: dict[str | None, list[str]] = {}
    for name in titles:
        parent = parents[name] if _reaches_the_top(name, parents) else None
        children.setdefault(parent if parent in titles else None, []).append(name)

    def node(name: str) -> Node:
        below = [node(child) for child in by_title(children.get(name, []))]
        return Node(
            name,
            titles[name],
            datasets.get(name, 0),
            tuple(child for child in below if child.name not in communes),
            tuple(child for child in below if child.name in communes),
        )

    def by_title(names: Sequence[str]) -> list[str]:
        return sorted(names, key=lambda name: slug(titles[name]))

    return tuple(node(name) for name in by_title(children.get(None, [])))


def _reaches_the_top(name: str, parents: Mapping[str, str | None]) -> bool:
    met: set[str] = set()
    current: str | None = name
    while current is not None:
        if current in met:
            return False
        met.add(current)
        current = parents.get(current)
    return True


def _mapping(document: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", document) if isinstance(document, Mapping) else {}


def _commune(entry: object) -> Commune:
    values = _mapping(entry)
    insee, name = str(values.get("insee", "")), str(values.get("name", ""))
    if not insee or not name:
        raise OrganisationError(
            N_("In communes.yaml, each commune needs an “insee” and a “name”: {entry}"),
            entry=str(entry),
        )
    aliases = tuple(map(str, _listed(values.get("aliases"))))
    try:
        centre = tuple(map(float, _listed(values.get("centre"))))
        bbox = tuple(map(float, _listed(values.get("bbox"))))
    except (TypeError, ValueError):
        centre = bbox = (0.0,)
    if len(centre) not in (0, 2) or len(bbox) not in (0, 4):
        raise OrganisationError(
            N_("In communes.yaml, a “centre” is two numbers and a “bbox” four: {entry}"),
            entry=str(entry),
        )
    # pyright does not count the numbers of a tuple made by map.
    return Commune(insee, name, aliases, centre or None, bbox or None)  # type: ignore[arg-type]


def _listed(value: object) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else []


def _below(
    entries: Sequence[object], parent: str | None, communes: Sequence[Commune]
) -> Iterator[Organisation]:
    for entry in entries:
        values = _mapping(entry)
        organisation = _organisation(values, parent)
        yield organisation
        yield from _below(values.get("children") or [], organisation.name, communes)
        template = values.get("communes")
        if template:
            for commune in communes:
                filled = _filled(_mapping(template), commune)
                yield _organisation(filled, organisation.name, commune.insee)


def _organisation(
    values: Mapping[str, Any], parent: str | None, insee: str | None = None
) -> Organisation:
    name = str(values.get("name", ""))
    if not NAME.fullmatch(name):
        raise OrganisationError(
            N_("“{name}” can't name an organisation: use lower-case letters, digits and dashes."),
            name=name,
        )
    if not values.get("title"):
        raise OrganisationError(N_("The organisation “{name}” has no title."), name=name)
    description = str(values.get("description") or "")
    return Organisation(name, str(values["title"]), description, parent, insee)


def _filled(template: Mapping[str, Any], commune: Commune) -> dict[str, str]:
    known = {"name": commune.name, "slug": slug(commune.name), "insee": commune.insee}
    try:
        return {field: str(text).format(**known) for field, text in template.items()}
    except (KeyError, ValueError, IndexError) as error:
        raise OrganisationError(
            N_(
                "In “communes” of organisations.yaml, {reason} is not a name that can be filled in."
            ),
            reason=str(error),
        ) from error
