"""What is not public appears nowhere: every address and every action, as a visitor asks for them.

Every word of a hidden dataset begins with `zq`, so that one is recognised wherever it comes out;
what the visitor wrote in the question may come back in the answer.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import count, product
from typing import Any
from urllib.parse import quote, unquote, urlencode

import pytest
import sqlalchemy as sa
from ckan import logic, model
from ckan.tests import factories, helpers
from werkzeug.routing import AnyConverter, Rule

from ckanext.grandpoitiers.catalogue import jobs
from ckanext.grandpoitiers.catalogue.model import records
from ckanext.grandpoitiers.interchange import listing, prepared
from ckanext.grandpoitiers.interchange.documents import FORMATS
from ckanext.grandpoitiers.interchange.portal import Profile
from ckanext.grandpoitiers.pages.page import KINDS
from tests.catalogues import Catalogue
from tests.misbehaving import Server

pytestmark = [
    pytest.mark.usefixtures("clean_db", "clean_index", "with_request_context"),
    pytest.mark.ckan_config("ckanext.grandpoitiers.limits.enabled", False),
    # Questions without sense make CKAN ask its database for None.
    pytest.mark.filterwarnings("ignore:fully NULL primary key:sqlalchemy.exc.SAWarning"),
]
WORD = re.compile(
    r"zq(?:lienfiche|adresse|(?:fiche|page|resume|texte|nom|titre|notes|autre|origine|identifiant|mot"
    r"|contact|courriel|site|lieu|lien|format|fichier|description|table|ancien|colonne|cellule)[0-9]+)"
)
COMMUNE = "86194"
LEFT_OUT = ("static", "webassets.index", "user._logout", "home.redirect_locale", "util.primer")
"""Files of the package, the end of a session, what only leads to others, words by chance."""
VOLATILE = re.compile(
    r"\d{4}-\d\d-\d\d[T ][\d:.]+(?:Z|\+00:00)?"  # moments
    r"|_csrf_token\W+(?:content|value)=\W?[\w.-]+|[0-9a-f]{8}-[0-9a-f-]{27}"
    r"|DTSTAMP:\w+|il y a [^<]+"
    r"|<(?:link|script)[^>]*/webassets/[^>]*>(?:</script>)?|\s+"  # once a process in tests
)
"""What two answers may differ by."""
ABOUT_OTHERS = (
    *("/group", "/organization", "/user", "/feeds", "/commune", "/harvest", "/pages", "/planning"),
    *("/geocatalogue", "/realtime", "/sitemap", "/api/i18n"),
)
"""Where arguments are not datasets: one hidden dataset is tried there too."""
UNSEEN: tuple[dict[str, str], ...] = (
    {"state": "draft"},
    {"state": "published", "audience": "agents"},
    {"state": "published", "audience": "referents"},
    {"state": "published", "publish_at": "2091-01-01T12:00"},
)
"""What keeps a page, a piece of news or an event from visitors."""
Ask = tuple[str, str, Any]
"""Method, address, body."""


def act(action: str, **fields: Any) -> Any:
    site = helpers.call_action("get_site_user")
    return helpers.call_action(action, {"user": site["name"]}, **fields)


def hidden_record(record: bytes) -> bytes:
    """A record whose every text is a word of what is hidden."""
    numbers = count()
    said = re.sub(
        rb"(<gco:CharacterString>)[^<]+", lambda found: found[1] + _word(next(numbers)), record
    )
    return re.sub(rb"(<gmd:URL>)[^<]+", rb"\1https://zqlienfiche.example/zqadresse", said)


def _word(number: int) -> bytes:
    return f"zqfiche{number}".encode()


class World:
    """A portal with one public dataset and a catalogue that is harvested, and then with others
    that are not public. Every run archives what is gone, at once."""

    def __init__(self, catalogue: Catalogue, source_id: str) -> None:
        self.catalogue, self.source_id = catalogue, source_id
        self.harvest()
        self.organisation = factories.Organization(name="geomatique", title="Géomatique")
        self.theme = factories.Group(name="transports", title="Transports")
        self.user = factories.User(name="agente")
        self.public = factories.Dataset(
            name="public", title="Un jeu public", owner_org=self.organisation["id"],
            groups=[{"name": "transports"}], territory=[COMMUNE], tags=[{"name": "bus"}],
            resources=[{"url": "https://a.example/b.csv", "format": "CSV", "name": "Fichier"}],
        )  # fmt: skip
        self.hidden: list[dict[str, Any]] = []
        self.secrets: set[str] = set()

    def harvest(self) -> dict[str, int]:
        done = jobs.run_now(self.source_id)
        assert done.result is not None, done.message
        return dict(done.result.counts)

    def hide(self) -> None:
        """A private one, a draft, a deleted one, two that were public first, an internal one, one
        that opens in years; and one that a harvest archived, in the weeks before it is deleted."""
        kinds: tuple[dict[str, Any], ...] = (
            {"private": True}, {"state": "draft"}, {}, {}, {},
            {"visibility": "internal"}, {"embargo": "2131-03-20T12:00"},
        )  # fmt: skip
        for rank, fields in enumerate(kinds):
            made = self.dataset(rank, **fields)
            if rank in (2, 3):
                act("package_delete", id=made["id"])
            elif rank == 4:
                act("package_patch", id=made["id"], private=True)
            self.hidden.append(made)
            self.secrets |= {made["id"], *(one["id"] for one in made["resources"])}
        self.hidden.append(self._archive())
        for rank, (kind, fields) in enumerate(product(KINDS, UNSEEN)):
            act(
                "grandpoitiers_page_create", kind=kind, title=f"zqpage{rank}", **fields,
                summary=f"zqresume{rank}", type="data-sandwich", starts="2031-03-20T12:00",
                blocks=[{"kind": "text", "text": f"zqtexte{rank}"}],
            )  # fmt: skip
        prepared.refresh(list(Profile))

    def _archive(self) -> dict[str, Any]:
        guid = self.catalogue.put(hidden_record(next(iter(self.catalogue.records.values()))))
        assert self.harvest() == {"unchanged": 8, "created": 1}
        query = sa.select(records.c.package_id).where(records.c.guid == guid)
        made = helpers.call_action("package_show", id=model.Session.execute(query).scalar_one())
        assert made["name"].startswith("zq")
        self.secrets |= {made["id"], *(one["id"] for one in made["resources"])}
        del self.catalogue.records[guid]
        assert self.harvest() == {"unchanged": 8, "archived": 1}
        return made

    def dataset(self, rank: int, **fields: Any) -> dict[str, Any]:
        made = factories.Dataset(
            name=f"zqnom{rank}", title=f"zqtitre{rank}", notes=f"zqnotes{rank}",
            alternate_title=f"zqautre{rank}", provenance=f"zqorigine{rank}",
            identifier=f"zqidentifiant{rank}", tags=[{"name": f"zqmot{rank}"}],
            contact=[{"name": f"zqcontact{rank}", "email": f"zqcourriel{rank}@ville.fr"}],
            url=f"https://zqsite{rank}.example/", territory=[COMMUNE], license_id="lov2",
            frequency="http://publications.europa.eu/resource/authority/frequency/DAILY",
            spatial_coverage=[{"text": f"zqlieu{rank}"}], owner_org=self.organisation["id"],
            groups=[{"name": "transports"}], user=factories.Sysadmin(), **fields,
            resources=[{
                "url": f"https://zqlien{rank}.example/a.zqformat{rank}", "name": f"zqfichier{rank}",
                "description": f"zqdescription{rank}", "format": f"zqformat{rank}",
            }],
        )  # fmt: skip
        table = {
            "package_id": made["id"], "name": f"zqtable{rank}", "old_identifier": f"zqancien{rank}"
        }  # fmt: skip
        act(
            "datastore_create", resource=table, records=[{f"zqcolonne{rank}": f"zqcellule{rank}"}],
            fields=[{"id": f"zqcolonne{rank}", "type": "text"}],
        )  # fmt: skip
        return helpers.call_action("package_show", id=made["id"])

    def questions(self, path: str) -> list[dict[str, str]]:
        """What a visitor may put in the place of the arguments of an address."""
        found: list[dict[str, str]] = []
        few = path.startswith(ABOUT_OTHERS) or "<" not in path
        if "slug" in path:
            found += [{"*": f"zqpage{rank}"} for rank in range(len(KINDS) * len(UNSEEN))]
        for rank, one in enumerate(self.hidden[:1] if few else self.hidden):
            resource, table = one["resources"][0]["id"], one["resources"][-1]["id"]
            old = f"zqancien{rank}"
            common = {"identifier": old, "dataset": old}
            found.append({"*": one["id"], "resource_id": table, **common})
            if rank in (0, 1) and not few:
                found.append({"*": one["name"], "resource_id": resource, **common})
                found.append({"*": table, "id": one["id"], "identifier": one["name"]})
        if path.startswith(ABOUT_OTHERS):
            found += [{"*": name} for name in ("geomatique", "transports", "agente", COMMUNE)]
        return found

    def leaks(self, ask: Ask, answer: Any) -> set[str]:
        """What came out that the visitor had not said."""
        body = answer.data.decode("utf-8", "replace")
        told = unquote(f"{body}\n{answer.headers}").lower()
        asked = unquote(f"{ask[1]} {json.dumps(ask[2])}").lower()
        words = set(WORD.findall(told)) | {one for one in self.secrets if one in told}
        return {word for word in words if word not in asked}


@pytest.fixture
def world(
    app: Any,
    clean_db: None,
    clean_index: None,
    make_source: Callable[..., str],
    served: tuple[Catalogue, Server],
    monkeypatch: pytest.MonkeyPatch,
) -> World:
    """With the portal as it is in production: what fails is a page, and a warning stops nobody."""
    monkeypatch.setitem(app.flask_app.config, "PROPAGATE_EXCEPTIONS", False)
    source = make_source(served[1].url, config='{"archive_after_days": 0}')
    return World(served[0], source)


def rules(app: Any) -> list[Rule]:
    """Every address that answers GET."""
    known = app.flask_app.url_map.iter_rules()
    return [one for one in known if "GET" in (one.methods or ()) and one.endpoint not in LEFT_OUT]


def addresses(rule: Rule, questions: Sequence[dict[str, str]]) -> Iterator[str]:
    """The addresses of a rule, each argument with everything that a visitor may try there."""
    arguments = [one for one in rule._trace if one[0]]  # noqa: SLF001
    names = [one[1] for one in arguments]
    for question in questions if names else ():
        choices: list[list[str]] = []
        for name in names:
            converter = rule._converters[name]  # noqa: SLF001
            if isinstance(converter, AnyConverter):
                choices.append(sorted(converter.items)[:2])
            elif type(converter).__name__ == "IntegerConverter":
                choices.append(["3" if name == "ver" else "1"])
            else:
                choices.append([question.get(name, question["*"])])
        for values in product(*choices):
            filled = iter(values)
            yield "".join(
                quote(next(filled), safe="") if dynamic else part
                for dynamic, part in rule._trace  # noqa: SLF001
            ).partition("|")[2]
    if not names:
        path = "".join(part for _, part in rule._trace).partition("|")[2]  # noqa: SLF001
        yield path
        for question in questions:
            word = question["*"]
            yield f"{path}?{urlencode({'q': word, 'id': word, 'dataset': word, **question})}"


def asked_of_actions(world: World) -> Iterator[Ask]:
    """Every action, by GET and by POST, about what is hidden."""
    everything = {
        "q": "*:*", "query": "name:zq", "fq": "capacity:private OR *:*", "include_private": True,
        "include_drafts": True, "include_deleted": True, "include_datasets": True,
        "all_fields": True, "include_dataset_count": True, "include_extras": True,
    }  # fmt: skip
    for name in sorted(logic._actions):  # noqa: SLF001
        address = f"/api/3/action/{name}"
        yield "GET", address, None
        yield "POST", address, everything
        for rank, one in enumerate(world.hidden):
            for key in (one["id"], one["resources"][-1]["id"])[: 2 - rank % 2]:
                yield "POST", address, {"id": key, "resource_id": key, "q": "zq", "limit": 5}
        if name.startswith(("group", "organization", "user", "member", "tag")):
            for key in ("geomatique", "transports", "agente"):
                yield "POST", address, {"id": key, "include_datasets": True, "q": "zq"}
        if name.startswith("grandpoitiers"):
            yield "POST", address, {"slug": "zqpage0", "id": "zqpage0"}


def send(app: Any, ask: Ask) -> Any:
    method, address, body = ask
    with app.flask_app.test_client(use_cookies=False) as client:
        return client.open(address, method=method, json=body) if body else client.get(address)


def leaks_of(app: Any, world: World, asks: Iterator[Ask]) -> dict[str, set[str]]:
    """`{question: what leaks}`."""
    found: dict[str, set[str]] = {}
    for ask in asks:
        answer = send(app, ask)
        leaked = world.leaks(ask, answer)
        if leaked:
            found[f"{ask[0]} {ask[1]} {json.dumps(ask[2])}"] = leaked
        model.Session.rollback()
    return found


def test_no_address_shows_what_is_not_public(app: Any, world: World) -> None:
    world.hide()
    known = rules(app)
    asked = [path for one in known for path in addresses(one, world.questions(one.rule))]
    assert len(asked) > 500
    assert leaks_of(app, world, (("GET", path, None) for path in dict.fromkeys(asked))) == {}


def test_no_action_shows_what_is_not_public(app: Any, world: World) -> None:
    world.hide()
    assert leaks_of(app, world, asked_of_actions(world)) == {}


def public_addresses(app: Any) -> list[str]:
    """What a visitor who knows of nothing hidden may ask for."""
    known = [{"*": name} for name in ("geomatique", "transports", "public", COMMUNE)]
    fixed = [
        path
        for rule in rules(app)
        for path in addresses(rule, [] if "<" not in rule.rule else known)
    ]
    facets = (
        "%5B%22groups%22,%22organization%22,%22tags%22,%22res_format%22,%22permission_labels%22%5D"
    )
    return [
        *dict.fromkeys(fixed),
        f"/api/3/action/package_search?facet.field={facets}&rows=0&include_private=true",
        *(f"/api/3/action/{name}?all_fields=true" for name in ("group_list", "organization_list")),
        "/api/3/action/grandpoitiers_key_figures", "/api/3/action/tag_list",
        "/dataset/?groups=transports", f"/dataset/?vocab_territory={COMMUNE}", "/dataset/?q=zq",
        "/feeds/custom.atom?organization=geomatique",
        *(f"/organization/geomatique.{one.extension}" for one in FORMATS),
    ]  # fmt: skip


def test_nothing_anywhere_changes_because_of_what_is_hidden(app: Any, world: World) -> None:
    """No count, no order, no page: the portal is the same with and without it."""
    asked = public_addresses(app)
    answers = [_steady(send(app, ("GET", path, None))) for path in asked]
    world.hide()
    after = [_steady(send(app, ("GET", path, None))) for path in asked]
    different = {
        path: _difference(one, other)
        for path, one, other in zip(asked, answers, after, strict=True)
        if one != other
    }
    assert different == {}


def _difference(before: tuple[int, str], after: tuple[int, str]) -> tuple[str, str]:
    """Where two answers begin to differ."""
    one, other = (f"{status} {body}" for status, body in (before, after))
    start = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
    return one[max(0, start - 40) : start + 60], other[max(0, start - 40) : start + 60]


def _steady(answer: Any) -> tuple[int, str]:
    return answer.status_code, VOLATILE.sub("", answer.data.decode("utf-8", "replace"))


class TestOfTheTest:
    """One route that leaks is found: in a page, in a feed, in a count."""

    def test_a_leak_is_found(self, app: Any, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        world.hide()
        assert leaks_of(app, world, iter([("GET", "/sitemap-datasets-1.xml", None)])) == {}
        monkeypatch.setattr(listing.queries, "PUBLIC", "p.type <> ALL(:not_datasets)")
        found = leaks_of(app, world, iter([("GET", "/sitemap-datasets-1.xml", None)]))
        leaked = set[str]().union(*found.values())
        assert {"zqnom0", "zqnom1", "zqnom4"} <= leaked
        assert [word for word in leaked if word.startswith("zqfiche")]
