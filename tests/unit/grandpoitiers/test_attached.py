"""The links of services stand on the pages of the datasets that they operate on."""

from ckanext.grandpoitiers.catalogue.attached import (
    attached,
    couplings,
    given,
    marked,
    unmarked,
)
from ckanext.grandpoitiers.catalogue.iso19139 import parse
from tests.unit.grandpoitiers.records import distribution, link, record, text

WMS = "https://geo.example/wms?service=WMS"


def service(*operates_on: str, layers: str = "", links: tuple[str, ...] = ()) -> bytes:
    """A WMS that serves datasets; `layers` are srv:coupledResource elements."""
    served = "".join(f'<srv:operatesOn uuidref="{guid}"/>' for guid in operates_on)
    return record(
        guid="the-service",
        title=text("title", "Arbres en WMS"),
        level="service",
        kind="srv:SV_ServiceIdentification",
        identification=layers + served,
        tail=distribution(*(links or (link(WMS, "OGC:WMS"),))),
    )


def layer(guid: str, name: str) -> str:
    return (
        "<srv:coupledResource><srv:SV_CoupledResource>"
        "<srv:operationName><gco:CharacterString>GetMap</gco:CharacterString></srv:operationName>"
        f"<srv:identifier><gco:CharacterString>{guid}</gco:CharacterString></srv:identifier>"
        f"<gco:ScopedName>{name}</gco:ScopedName>"
        "</srv:SV_CoupledResource></srv:coupledResource>"
    )


def test_a_dataset_gets_the_service_with_its_own_layer() -> None:
    """Of several datasets, each its own."""
    xml = service("trees", "parks", layers=layer("trees", "t") + layer("parks", "p"))
    found = given({"the-service": couplings(parse(xml))}, {})
    assert {guid: [one["layer_name"] for one in links] for guid, links in found.items()} == {
        "trees": ["t"],
        "parks": ["p"],
    }
    (one,) = found["trees"]
    assert (one["url"], one["protocol"], one["name"]) == (WMS, "WMS", "Arbres en WMS (t)")
    dataset = attached({"identifier": "trees", "resources": []}, found["trees"])
    assert dataset["resources"][0]["id"]
    assert attached({"identifier": "trees", "resources": []}, found["trees"]) == dataset


def test_the_layer_of_the_link_is_that_of_the_only_dataset() -> None:
    """Of several, it would be anybody's."""
    named = (link(WMS, "OGC:WMS", "trees"),)
    found = couplings(parse(service("trees", links=named)))
    assert [one["layer_name"] for one in found["trees"]] == ["trees"]
    assert couplings(parse(service("trees", "parks", links=named)))["trees"] == []


def test_a_link_that_the_dataset_has_itself_is_not_doubled() -> None:
    """Whatever is asked of the service in its address."""
    own = {"id": "1", "url": "https://geo.example/wms", "protocol": "WMS", "layer_name": "t"}
    dataset = {"identifier": "trees", "resources": [own]}
    links = couplings(parse(service("trees")))["trees"]
    assert attached(dataset, links)["resources"] == [own]
    links = couplings(parse(service("trees", layers=layer("trees", "other"))))["trees"]
    assert len(attached(dataset, links)["resources"]) == 2


def test_a_dataset_is_found_by_its_resource_identifier_too() -> None:
    """INSPIRE's services name that one."""
    links = couplings(parse(service("https://ville.example/id/arbres")))
    found = given({"the-service": links}, {"trees": ("https://ville.example/id/arbres",)})
    assert list(found) == ["trees"]


def test_what_is_given_counts_in_the_digest() -> None:
    """And can be told from the record's own."""
    links = couplings(parse(service("trees")))["trees"]
    assert marked("abc", None) == "abc"
    assert marked("abc", links) != "abc"
    assert unmarked(marked("abc", links)) == "abc"


def test_only_a_service_gives_links() -> None:
    """A dataset that names others does not."""
    assert couplings(parse(record())) == {}
