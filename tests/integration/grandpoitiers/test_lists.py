"""What lists of datasets write quickly is what CKAN would write."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from ckan.plugins import toolkit as tk
from ckan.tests import factories

from ckanext.grandpoitiers.pagecache.generation import Generations
from ckanext.grandpoitiers.rendering import facet_links

pytestmark = [
    pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index"),
]

VALUES = ("eau", "plan d’eau & rivière", "100 % vélo", "a+b", "éè", "?#/")


def item(name: str, *, active: bool = False) -> dict[str, Any]:
    return {"name": name, "display_name": name, "count": 1, "active": active}


@pytest.mark.parametrize(
    "address", ["/dataset/", "/dataset/?q=eau&tags=100+%25+v%C3%A9lo&page=3&_tags_limit=5"]
)
def test_the_links_of_a_filter_are_those_of_ckan(app: Any, address: str) -> None:
    with app.flask_app.test_request_context(address):
        items = [item(value, active=("tags", value) in _asked()) for value in VALUES]
        written = [link.address for link in facet_links.links("tags", items)]
        expected = [
            tk.h.remove_url_param("tags", one["name"])
            if one["active"]
            else tk.h.add_url_param(new_params={"tags": one["name"]})
            for one in items
        ]
        assert facet_links.all_values("tags") == tk.h.remove_url_param("_tags_limit", replace=0)
    assert written == expected


def _asked() -> list[tuple[str, str]]:
    return list(tk.request.args.items(multi=True))


def test_the_address_of_a_dataset_is_that_of_ckan(app: Any) -> None:
    package = factories.Dataset(owner_org=factories.Organization()["id"])
    with app.flask_app.test_request_context("/en/dataset/"):
        written = tk.h.grandpoitiers_dataset_address(package)
        assert written == tk.h.url_for("dataset.read", id=package["name"])


def test_a_dataset_of_a_list_is_told_in_a_few_words(app: Any) -> None:
    factories.Dataset(
        owner_org=factories.Organization(title="Voirie")["id"],
        title="Sens de circulation",
        notes="**Chaque rue** et son sens.",
        resources=[{"url": "https://example.com/a.csv", "format": "CSV"}],
    )
    item = BeautifulSoup(app.get("/dataset/").body, "html.parser").select_one(".dataset-item")
    assert item is not None
    told = " ".join(item.get_text(" ").split())
    for words in ("Sens de circulation", "Chaque rue et son sens.", "Voirie", "CSV"):
        assert words in told


def test_each_visitor_has_the_words_of_their_language(app: Any) -> None:
    """The translations kept for one are not shown to the other."""
    for _ in range(2):
        assert "Jeux de données" in app.get("/dataset/").body
        assert "Datasets" in app.get("/en/dataset/").body


def test_what_is_kept_of_a_page_is_that_of_visitors(
    app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who is signed in has their own menu and footer, and leaves them to nobody."""
    monkeypatch.setattr(Generations, "is_young", lambda _self: False)
    administrator = {"Authorization": factories.SysadminWithToken()["token"]}
    for _ in range(2):
        assert 'href="/pages/"' in seen(app, "/dataset/", administrator)
        assert 'href="/pages/"' not in seen(app, "/dataset/", {})
        assert "/en/pages/accessibilite" in seen(app, "/en/dataset/", {})
    assert current(app, "/dataset/") == ["/dataset/"]
    assert current(app, "/group/") == ["/group/"]


def seen(app: Any, path: str, headers: dict[str, str]) -> str:
    return app.get(path, headers=headers).body


def current(app: Any, path: str) -> list[str]:
    page = BeautifulSoup(app.get(path).body, "html.parser")
    return [str(link["href"]) for link in page.select(".portal-nav .active a")]


def test_the_beginning_of_a_text_follows_the_text(app: Any) -> None:
    with app.flask_app.test_request_context("/"):
        assert tk.h.markdown_extract("**Un** texte", 190) == "Un texte"
        assert tk.h.markdown_extract("**Un** autre", 190) == "Un autre"
        assert tk.h.markdown_extract("un deux trois quatre", 12) != "un deux trois quatre"
        assert tk.h.markdown_extract(None) == ""
