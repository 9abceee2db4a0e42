"""The terms of the RDF that leaves the portal, made once: namespaces, classes, properties.

Pure: imports neither `ckan` nor an HTTP client. A namespace is called with a local name:
`DCT("title")`. Sources: DCAT 3 and its European profiles (DCAT-AP 3.0.1, GeoDCAT-AP 3.0, DCAT-AP
HVD 3.0), Hydra core.
"""

from collections.abc import Callable
from functools import cache

from pyoxigraph import NamedNode

NAMESPACES = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dct": "http://purl.org/dc/terms/",
    "dqv": "http://www.w3.org/ns/dqv#",
    "eli": "http://data.europa.eu/eli/ontology#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geodcatap": "http://data.europa.eu/930/",
    "gsp": "http://www.opengis.net/ont/geosparql#",
    "hydra": "http://www.w3.org/ns/hydra/core#",
    "locn": "http://www.w3.org/ns/locn#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
"""The prefixes of every document, in this order."""


Namespace = Callable[[str], NamedNode]
"""`namespace("local")` is the node of that term, the same object each time."""


def _of(prefix: str) -> Namespace:
    base = NAMESPACES[prefix]
    return cache(lambda local: NamedNode(base + local))


ADMS, DCAT, DCATAP, DCT, DQV = map(_of, ("adms", "dcat", "dcatap", "dct", "dqv"))
ELI, FOAF, GEODCATAP, GSP, HYDRA = map(_of, ("eli", "foaf", "geodcatap", "gsp", "hydra"))
LOCN, OWL, RDFS, SKOS, SPDX = map(_of, ("locn", "owl", "rdfs", "skos", "spdx"))
VCARD, XSD = map(_of, ("vcard", "xsd"))
TYPE = _of("rdf")("type")

EU = "http://publications.europa.eu/resource/authority/"
INSPIRE_THEME = "http://inspire.ec.europa.eu/theme/"
GLOSSARY = "http://inspire.ec.europa.eu/glossary/"
INSPIRE_CODES = "http://inspire.ec.europa.eu/metadata-codelist/"
IANA = "https://www.iana.org/assignments/media-types/"
OGC = "http://www.opengeospatial.org/standards/"
SPDX_PLAIN, SPDX_SECURE = NAMESPACES["spdx"], "https://spdx.org/rdf/terms#"
SCHEMAS = "https://schema.data.gouv.fr/schemas/"
COMMUNE = "http://id.insee.fr/geo/commune/"
GROUPING = "http://id.insee.fr/geo/intercommunalite/"
HVD_CATEGORY = "http://data.europa.eu/bna/"
HVD_LAW = "http://data.europa.eu/eli/reg_impl/2023/138/oj"
"""The implementing regulation that lists the high-value datasets."""
