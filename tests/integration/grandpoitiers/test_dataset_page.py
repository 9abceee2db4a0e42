"""The page of a dataset: what is around it, how to use it, how its link looks elsewhere."""

from typing import Any

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from ckan import model
from ckan.tests import factories, helpers
from ckanext.datastore.backend.postgres import get_write_engine

from ckanext.grandpoitiers.pagecache.remembered import Remembered

pytestmark = pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index")


def dataset(name: str, **fields: Any) -> dict[str, Any]:
    known = {"title": name, "tags": [{"name": "vélo"}], "license_id": "lov2", **fields}
    return factories.Dataset(name=name, owner_org=factories.Organization()["id"], **known)


def page_of(app: Any, name: str) -> BeautifulSoup:
    return BeautifulSoup(app.get(f"/dataset/{name}").body, "html.parser")


def test_what_resembles_a_dataset_is_shown_and_what_is_private_is_not(app: Any) -> None:
    for name in ("pistes", "arceaux"):
        dataset(name)
    dataset("secret", private=True)
    dataset("autre", tags=[{"name": "arbre"}])
    shown = page_of(app, "pistes").select(".dataset-similar .dataset-heading a")
    assert [one["href"] for one in shown] == ["/dataset/arceaux"]


def test_it_says_what_it_is_in_a_sentence(app: Any) -> None:
    """Who, what, about where and how often; what is not known is not said."""
    often = "http://publications.europa.eu/resource/authority/frequency/MONTHLY"
    dataset("nu")
    made = dataset("pistes", territory=["86194"], frequency=often)
    who = made["organization"]["title"]
    helpers.call_action(
        "datastore_create",
        {"user": helpers.call_action("get_site_user")["name"]},
        resource={"package_id": made["id"], "name": "Pistes"},
        fields=[{"id": "nom"}],
        records=[{"nom": str(number)} for number in range(1500)],
        calculate_record_count=True,
    )

    def said(name: str) -> str:
        found = page_of(app, name).select_one(".dataset-sentence")
        assert found is not None
        return " ".join(found.get_text().split())

    assert said("pistes") == (
        f"{who} publie un tableau de 1 500 lignes sur Poitiers, mise à jour : tous les mois."
    )
    assert said("nu").endswith("publie la description de données.")


def test_it_shows_the_first_rows_of_its_table_and_the_way_to_the_others(app: Any) -> None:
    """Five of them; nothing where there is no table, or none that answers."""
    made = dataset("arceaux")
    table = helpers.call_action(
        "datastore_create",
        {"user": helpers.call_action("get_site_user")["name"]},
        resource={"package_id": made["id"], "name": "Arceaux"},
        fields=[{"id": "nom"}, {"id": "lat", "type": "float"}, {"id": "lon", "type": "float"}],
        records=[{"nom": f"Place {n}", "lat": 46.58, "lon": 0.34} for n in range(8)],
    )
    section = page_of(app, "arceaux").select_one(".first-rows")
    assert section is not None
    assert [row.td.get_text(strip=True) for row in section.select("tbody tr") if row.td] == [
        f"Place {n}" for n in range(5)
    ]
    address = f"/dataset/arceaux/resource/{table['resource_id']}/explore"
    links = [str(one["href"]) for one in section.select(".first-rows-more a")]
    assert links == [address, f"{address}?view=map"]
    model.Session.rollback()
    engine = get_write_engine()
    with engine.begin() as connection:
        connection.execute(sa.text(f'DROP TABLE "{table["resource_id"]}"'))
    app.get("/dataset/arceaux", status=200)
    dataset("nu")
    assert page_of(app, "nu").select_one(".first-rows") is None


def test_a_keyword_that_looks_like_syntax_breaks_no_page(app: Any) -> None:
    dataset("etrange", title='a") OR *:* AND (b:"c \\ [* TO', tags=[{"name": "eau. - OR_x"}])
    assert page_of(app, "etrange").select_one("h1")


def test_the_licence_is_said_in_plain_words(app: Any) -> None:
    dataset("pistes")
    facts = page_of(app, "pistes").select_one(".facts")
    assert facts is not None
    assert "même commercial" in facts.get_text()


def test_a_link_looks_good_where_it_is_shared(app: Any) -> None:
    dataset("pistes", title='Pistes "cyclables" <b>')
    page = page_of(app, "pistes")

    def said(name: str) -> str:
        (found,) = page.select(f'meta[property="{name}"]')
        return str(found["content"])

    assert 'Pistes "cyclables" <b>' in said("og:title")
    assert said("og:url").endswith("/dataset/pistes")
    picture = said("og:image").split("/", 3)[3]
    assert app.get(f"/{picture}").headers["Content-Type"] == "image/png"


def test_its_cost_does_not_depend_on_how_many_resemble_it(
    app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What is remembered depends on when one asks.
    monkeypatch.setattr(Remembered, "get", lambda _self, _key, make: make())
    asked: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    dataset("pistes")
    app.get("/dataset/pistes")
    numbers: list[int] = []
    for more in ("un", "deux", "trois"):
        dataset(more)
        asked.clear()
        sa.event.listen(model.meta.engine, "before_cursor_execute", note)
        app.get("/dataset/pistes")
        sa.event.remove(model.meta.engine, "before_cursor_execute", note)
        numbers.append(len(asked))
    assert len(set(numbers)) == 1
