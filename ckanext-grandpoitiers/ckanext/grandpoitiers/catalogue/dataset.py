"""Record → CKAN dataset dict for schemas/scheming/dataset.yaml. Pure: no ``ckan``, no HTTP.

Field names are those of ckanext-dcat's scheming schemas, so that its profiles serialise them
without more code. The same record and context always give the same dict, byte for byte.
"""

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote

from ckanext.grandpoitiers.catalogue import inspire
from ckanext.grandpoitiers.catalogue.licences import Rights, read_rights
from ckanext.grandpoitiers.catalogue.matching import ThemeMatch, ThemeRule, match_themes
from ckanext.grandpoitiers.catalogue.polygons import extents_geometry
from ckanext.grandpoitiers.catalogue.problems import Kind, Problem, unique
from ckanext.grandpoitiers.catalogue.record import Contact, Record
from ckanext.grandpoitiers.catalogue.resources import Json, read_resources
from ckanext.grandpoitiers.catalogue.territory import Commune, match_communes
from ckanext.grandpoitiers.catalogue.text import fold, slug

# Part of every digest: raised when the mapping changes, so that the next harvest rewrites all.
MAPPING_VERSION = 4

_NAME_LENGTH = 100  # ckan.model.PACKAGE_NAME_MAX_LENGTH
_TAG_LENGTH = 100  # ckan.model.MAX_TAG_LENGTH
_VERSION_LENGTH = 100  # ckan.model.PACKAGE_VERSION_MAX_LENGTH
_HVD_CATEGORY = re.compile(r"http://data\.europa\.eu/bna/c_[0-9a-f]+")
# CKAN's tags are letters, digits, spaces, - _ and dots; U+02BC is an apostrophe that counts as
# a letter, so « eau d’irrigation » keeps its shape.
_APOSTROPHES = re.compile("['’‘´`]")
_NOT_IN_TAG = re.compile(r"[^\w \-.]+")
# Thesauri whose words mean something to machines only.
_SILENT_THESAURI = re.compile(r"spatial ?scope|1205 2008|iso 19119|high value dataset")
_PUBLISHERS = ("publisher", "owner", "custodian", "resourceProvider", "distributor")
_CREATORS = ("originator", "author", "principalInvestigator")
# The largest real records have a fifth of that.
_LIMITS: Mapping[str, int] = {"resources": 1000, "tags": 300, "contact": 100}


@dataclass(frozen=True)
class MappingContext:
    """What the mapping needs beside the record.

    ``organisation`` is the id or name of the owner organisation, left out of the dataset when
    blank; ``landing_page`` an address with ``{guid}`` in it, for catalogues that show records.
    """

    themes: Sequence[ThemeRule] = ()
    communes: Sequence[Commune] = ()
    organisation: str = ""
    source_title: str = ""
    landing_page: str = ""

    @cached_property
    def digest(self) -> str:
        """A digest of all of it: when it changes, every dataset of the source may change."""
        themes = [
            [t.name, sorted(t.inspire_themes), sorted(t.topic_categories), sorted(t.keywords)]
            for t in self.themes
        ]
        communes = [repr(commune) for commune in self.communes]
        rest = [self.organisation, self.source_title, self.landing_page]
        return hashlib.sha256(json.dumps([themes, communes, rest]).encode()).hexdigest()


def digest(canonical: bytes, context: MappingContext) -> str:
    """The digest that tells whether a record must be written again.

    ``canonical`` are the bytes of hardened.canonical for the record.
    """
    seed = f"{MAPPING_VERSION}:{context.digest}:".encode()
    return hashlib.sha256(seed + canonical).hexdigest()


def to_dataset(record: Record, context: MappingContext) -> tuple[Json, list[Problem]]:
    """The CKAN dataset dict (no ``id``), and every problem of the record and of its mapping."""
    rights = read_rights(record.constraints)
    codes = inspire_codes(record)
    matches = match_themes(record, codes, context.themes)
    fields: Json = {
        **_identity(record, context),
        **_texts(record),
        **_people(record),
        **_times(record),
        **_space(record, context),
        **_subjects(record, codes, matches),
        **_rights(rights),
        "resources": read_resources(record),
    }
    found = (*record.problems, *rights.problems, *_lacks(record, matches, context))
    kept = {name: value for name, value in fields.items() if value not in ("", [])}
    limited = list(_limited(kept))
    return kept, list(unique((*found, *limited)))


def dataset_name(title: str, guid: str) -> str:
    """The first address of a dataset: words of its title and a hash of its identifier."""
    mark = hashlib.sha256(guid.encode()).hexdigest()[:8]
    words = slug(title)[: _NAME_LENGTH - len(mark) - 1].rstrip("-")
    return f"{words or 'jeu'}-{mark}"


def inspire_codes(record: Record) -> tuple[str, ...]:
    """GEMET codes of the INSPIRE themes: from the INSPIRE thesaurus, or by their address."""
    found: dict[str, None] = {}
    for group in record.keyword_sets:
        declared = inspire.is_inspire_thesaurus(group.thesaurus, group.thesaurus_href)
        for keyword in group.keywords:
            code = inspire.inspire_theme(keyword.text if declared else "", keyword.href)
            if code:
                found[code] = None
    return tuple(found)


def _identity(record: Record, context: MappingContext) -> Json:
    identifiers = [identifier.full for identifier in record.identifiers]
    others = [text for text in identifiers if text and text != record.file_identifier]
    return {
        "type": "dataset",
        "name": dataset_name(record.title, record.file_identifier),
        "owner_org": context.organisation,
        "identifier": record.file_identifier,
        "alternate_identifier": list(dict.fromkeys(others)),
        "parent_identifier": record.parent_identifier,
        "operates_on": [coupled.identifier for coupled in record.operates_on],
        "iso_type": record.hierarchy_level,
        "harvest_guid": record.file_identifier,
        "harvest_source_title": context.source_title,
        "url": _landing_page(record, context),
    }


def _landing_page(record: Record, context: MappingContext) -> str:
    if context.landing_page:
        return context.landing_page.replace("{guid}", quote(record.file_identifier, safe=""))
    pages = (link.url for link in record.distributions if link.protocol == "page")
    return next(pages, "")


def _texts(record: Record) -> Json:
    documents = (link.url for link in record.distributions if link.function == "document")
    return {
        "title": record.title,
        "alternate_title": " · ".join(record.alternate_titles),
        "notes": record.abstract,
        "version": record.edition[:_VERSION_LENGTH],
        "provenance": record.lineage,
        "thumbnail": record.thumbnail,
        "documentation": list(dict.fromkeys(documents)),
        "language": _listed(record.languages or (record.language,), inspire.LANGUAGES.values()),
    }


def _people(record: Record) -> Json:
    of_data = [c for c in record.contacts if c.scope != "metadata"] or list(record.contacts)
    # Those to ask come first; who is there in several roles is told once, in the first.
    asked = sorted(of_data, key=lambda c: c.role != "pointOfContact")
    told: dict[tuple[str, str], Contact] = {}
    for contact in asked:
        told.setdefault((contact.name, contact.email), contact)
    everyone = [*of_data, *(c for c in record.contacts if c not in of_data)]
    return {
        "contact": [_agent(c, "email", "url", "role") for c in told.values()],
        "publisher": _first_with_role(everyone, _PUBLISHERS) or _organisation(asked),
        "creator": _first_with_role(everyone, _CREATORS),
    }


def _agent(contact: Contact, *names: str) -> Json:
    values = {"name": contact.name or contact.email} | {n: getattr(contact, n) for n in names}
    if values.get("role") not in inspire.ROLES:
        values.pop("role", None)
    return {name: value for name, value in values.items() if value}


def _first_with_role(contacts: Sequence[Contact], roles: Sequence[str]) -> list[Json]:
    for role in roles:
        for contact in contacts:
            if contact.role == role and contact.name:
                return [_agent(contact, "email", "url")]
    return []


def _organisation(contacts: Sequence[Contact]) -> list[Json]:
    return [_agent(c, "email", "url") for c in contacts if c.organisation][:1]


def _times(record: Record) -> Json:
    published, revised, created = (
        [date.value for date in record.dates if date.kind == kind]
        for kind in ("publication", "revision", "creation")
    )
    return {
        "created": min(created, default=""),
        "issued": min(published or created, default=""),
        "modified": max([*revised, *published, *created], default=""),
        "frequency": inspire.frequency(record.maintenance_frequency),
        "temporal_coverage": _unique(
            {name: value for name, value in (("start", p.begin), ("end", p.end)) if value}
            for extent in record.extents
            for p in extent.periods
        ),
    }


def _space(record: Record, context: MappingContext) -> Json:
    systems = [inspire.reference_system_uri(system) for system in record.reference_systems]
    specifications = [s.href if "://" in s.href else s.text for s in record.conformances]
    scales = [f"1:{resolution.scale}" for resolution in record.resolutions if resolution.scale]
    metres = [resolution.metres for resolution in record.resolutions if resolution.metres]
    shape = extents_geometry(record.extents)
    return {
        "spatial": json.dumps(shape) if shape else "",
        "spatial_coverage": _unique(_places(record)),
        "territory": [match.insee for match in match_communes(record, context.communes)],
        "spatial_resolution": ", ".join([*scales, *(f"{length:g} m" for length in metres)]),
        "spatial_resolution_in_meters": f"{min(metres):g}" if metres else "",
        "reference_system": list(record.reference_systems),
        "conforms_to": list(dict.fromkeys(s for s in [*specifications, *systems] if s)),
    }


def _places(record: Record) -> Iterator[Json]:
    """The extents that have a name or a code; the others are in ``spatial`` already."""
    for extent in record.extents:
        uri = next((code for code in extent.identifiers if "://" in code), "")
        codes = [code for code in extent.identifiers if "://" not in code]
        text = extent.description or ", ".join(codes)
        shape = extents_geometry([extent])
        if text or uri:
            place = {"uri": uri, "text": text, "bbox": json.dumps(shape) if shape else ""}
            yield {name: value for name, value in place.items() if value}


def _subjects(record: Record, codes: tuple[str, ...], matches: Sequence[ThemeMatch]) -> Json:
    hrefs = [keyword.href for group in record.keyword_sets for keyword in group.keywords]
    return {
        "tags": [{"name": name} for name in _tags(record)],
        "groups": [{"name": match.theme} for match in matches],
        "theme": inspire.theme_uris(codes, record.topic_categories),
        "topic_category": _listed(record.topic_categories, inspire.TOPIC_CATEGORIES),
        "inspire_theme": _listed(codes, inspire.INSPIRE_THEMES),
        "hvd_category": list(dict.fromkeys(h for h in hrefs if _HVD_CATEGORY.fullmatch(h))),
    }


def _tags(record: Record) -> list[str]:
    found: dict[str, str] = {}
    for group in record.keyword_sets:
        thesaurus = fold(f"{group.thesaurus} {group.thesaurus_href}")
        if inspire.is_inspire_thesaurus(thesaurus) or _SILENT_THESAURI.search(thesaurus):
            continue
        # Catalogues without a field for several keywords put them in one.
        for part in (p for k in group.keywords for p in re.split("[,;]", k.text)):
            name = _tag(part)
            if len(name) > 1:
                found.setdefault(fold(name), name)
    return list(found.values())


def _tag(text: str) -> str:
    name = _NOT_IN_TAG.sub(" ", _APOSTROPHES.sub("\u02bc", text))
    return " ".join(name.split())[:_TAG_LENGTH].strip()


def _rights(rights: Rights) -> Json:
    return {
        "license_id": rights.license_id,
        "access_rights": rights.access_rights,
        "use_constraints": "\n\n".join(rights.conditions),
    }


def _limited(fields: Json) -> Iterator[Problem]:
    """Cut lists that no page could show, and say so."""
    for name, limit in _LIMITS.items():
        count = len(fields.get(name, ()))
        if count > limit:
            fields[name] = fields[name][:limit]
            yield Problem.of(name, Kind.TOO_MANY, count=count, limit=limit)


def _lacks(
    record: Record, matches: Sequence[ThemeMatch], context: MappingContext
) -> Iterator[Problem]:
    if not record.abstract:
        yield Problem.of("notes", Kind.NO_ABSTRACT)
    if not record.boxes and record.hierarchy_level != "nonGeographicDataset":
        yield Problem.of("spatial", Kind.NO_EXTENT)
    if not record.distributions:
        yield Problem.of("resources", Kind.NO_LINK)
    code = record.maintenance_frequency
    if code and not inspire.frequency(code):
        yield Problem.of("frequency", Kind.UNKNOWN_CODE, value=code)
    if context.themes and not matches:
        yield Problem.of("groups", Kind.NO_THEME)


def _listed(values: Collection[str], vocabulary: Iterable[str]) -> list[str]:
    """``values`` in the order of their vocabulary, which is how ckanext-scheming stores them."""
    return [value for value in dict.fromkeys(vocabulary) if value in values]


def _unique(items: Iterable[Json]) -> list[Json]:
    return list({json.dumps(item, sort_keys=True): item for item in items if item}.values())
