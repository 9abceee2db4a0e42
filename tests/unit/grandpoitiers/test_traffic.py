"""What a request counts for, who is a robot, and that nothing is lost between two writings."""

import threading
from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.grandpoitiers.traffic.asked import Asked, Search, asked_for, normal, searched
from ckanext.grandpoitiers.traffic.counting import Counting
from ckanext.grandpoitiers.traffic.robots import is_robot
from ckanext.grandpoitiers.traffic.tally import MOST, Tally
from portal_kit.keeping import FOUND, RESOURCE

DAY = date(2026, 11, 22)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def environ(path: str, query: str = "", **more: Any) -> dict[str, Any]:
    """A GET of that address."""
    return {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, **more}


class TestWhatIsCounted:
    @pytest.mark.parametrize(
        ("path", "query", "kind", "key"),
        [
            ("/dataset/arbres", "", "dataset", "arbres"),
            ("/en/dataset/arbres", "", "dataset", "arbres"),
            ("/dataset/arbres/resource/r1", "", "resource", "r1"),
            ("/dataset/arbres/resource/r1/view/v1", "", "resource", "r1"),
            ("/dataset/arbres/resource/r1/download/arbres.csv", "", "download", "r1"),
            ("/datastore/dump/r1", "format=json", "download", "r1"),
            ("/dataset/arbres/resource/r1/explore", "sort=nom", "resource", "r1"),
            ("/dataset/arbres/resource/r1/explore/embed", "", "resource", "r1"),
            ("/dataset/arbres/resource/r1/explore/rows.csv", "bom=1", "download", "r1"),
            ("/group/transports", "", "theme", "transports"),
            ("/organization/mobilites", "", "organization", "mobilites"),
            ("/pages/data-pero", "", "page", "data-pero"),
            ("/api/3/action/datastore_search", "resource_id=r1&limit=5", "call", "r1"),
            ("/api/action/package_show", "id=arbres", "call", "arbres"),
        ],
    )
    def test_an_address_says_what_was_wanted(
        self, path: str, query: str, kind: str, key: str
    ) -> None:
        """By name or by id, with or without a language."""
        assert asked_for(environ(path, query), "200 OK") == Asked(kind, key)

    @pytest.mark.parametrize(
        ("path", "status", "more"),
        [
            ("/dataset/arbres", "404 NOT FOUND", {}),
            ("/dataset/arbres", "302 FOUND", {}),
            ("/dataset/arbres", "200 OK", {"REQUEST_METHOD": "HEAD"}),
            ("/dataset/arbres", "200 OK", {"REQUEST_METHOD": "POST"}),
            ("/", "200 OK", {}),
            ("/api/3/action/package_search", "200 OK", {}),
            ("/api/3/action/datastore_search", "404 NOT FOUND", {"QUERY_STRING": "id=r1"}),
            (
                "/dataset/a/resource/r1/download/a.csv",
                "206 PARTIAL CONTENT",
                {"HTTP_RANGE": "bytes=500-"},
            ),
        ],
    )
    def test_what_gave_nothing_does_not_count(
        self, path: str, status: str, more: dict[str, Any]
    ) -> None:
        """Errors, redirections, HEAD, later parts of one download."""
        assert asked_for({**environ(path), **more}, status) is None

    def test_a_file_elsewhere_counts_when_it_is_taken(self) -> None:
        """CKAN redirects to its address."""
        path = "/dataset/a/resource/r1/download/a.csv"
        assert asked_for(environ(path), "302 FOUND") == Asked("download", "r1")

    def test_a_former_address_counts_for_the_resource_behind_it(self) -> None:
        """The view says which: its address has another platform's id."""
        path = "/api/records/1.0/search/"
        asked = asked_for(
            environ(path, "dataset=mobilites-stationnement", **{RESOURCE: "r1"}), "200"
        )
        assert asked == Asked("call", "r1")

    @given(st.text(max_size=80), st.text(max_size=80))
    def test_no_address_breaks_it(self, path: str, query: str) -> None:
        """Whatever is asked."""
        for status in ("200 OK", "500 X"):
            asked = asked_for(environ(f"/{path}", query), status)
            assert asked is None or len(asked.key) <= 200
            searched(environ(f"/{path}", query, **{FOUND: 1}), status)


class TestSearches:
    def test_a_search_is_counted_with_what_it_found(self) -> None:
        """In one writing, whoever shouts."""
        asked = environ("/dataset/", "q=+Budget++PRIMITIF", **{FOUND: 0})
        assert searched(asked, "200 OK") == Search("budget primitif", 0)

    @pytest.mark.parametrize("query", ["q=", "", "q=arbres&page=2", "q=arbres&tags=nature"])
    def test_a_facet_or_the_next_page_is_the_same_search(self, query: str) -> None:
        """Only the first counts."""
        assert searched(environ("/dataset/", query, **{FOUND: 3}), "200 OK") is None

    @pytest.mark.parametrize(
        "terms",
        [
            "jeanne@example.org",
            "06 12 34 56 78",
            "21860194600013",
            "https://example.org",
            "x" * 61,
        ],
    )
    def test_what_may_tell_of_a_person_is_not_kept(self, terms: str) -> None:
        """Pasted by mistake."""
        assert normal(terms) == ""


class TestRobots:
    @pytest.mark.parametrize(
        ("agent", "on_a_page", "on_the_api"),
        [
            (FIREFOX, False, False),
            (
                "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
                True,
                True,
            ),
            ("curl/8.5.0", True, False),
            ("python-requests/2.32", True, False),
            ("", True, False),
            ("GPTBot/1.2", True, True),
        ],
    )
    def test_a_program_is_welcome_where_programs_are(
        self, agent: str, on_a_page: bool, on_the_api: bool
    ) -> None:
        """A robot says so, or reads pages that nobody sees."""
        assert is_robot(agent) == on_a_page
        assert is_robot(agent, program_welcome=True) == on_the_api


class TestTally:
    def test_what_several_threads_count_is_all_there(self) -> None:
        """Drained while they count, nothing is lost or doubled."""
        tally, got = Tally(), 0

        def count() -> None:
            for _ in range(500):
                tally.visit(DAY, Asked("dataset", "a"), robot=False)

        threads = [threading.Thread(target=count) for _ in range(4)]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            got += sum(tally.drain().visits.values())
        assert got + sum(tally.drain().visits.values()) == 2_000

    def test_what_could_not_be_written_waits(self) -> None:
        """And is added to what came since."""
        tally = Tally()
        tally.visit(DAY, Asked("dataset", "a"), robot=False)
        tally.search(DAY, Search("arbres", 0))
        kept = tally.drain()
        tally.visit(DAY, Asked("dataset", "a"), robot=False)
        tally.search(DAY, Search("arbres", 4))
        tally.put_back(kept)
        counts = tally.drain()
        assert counts.visits[DAY, "dataset", "a", False] == 2
        assert (counts.searches[DAY, "arbres"], counts.found[DAY, "arbres"]) == (2, 4)

    def test_a_flood_of_addresses_does_not_fill_the_memory(self) -> None:
        """What is known goes on being counted."""
        tally = Tally()
        for number in range(MOST + 50):
            tally.visit(DAY, Asked("dataset", str(number)), robot=False)
        tally.visit(DAY, Asked("dataset", "0"), robot=False)
        counts = tally.drain()
        assert len(counts.visits) == MOST
        assert counts.visits[DAY, "dataset", "0", False] == 2


class TestCounting:
    def test_it_counts_the_address_that_was_sent(self) -> None:
        """CKAN takes the language off the path while it answers."""
        tally, woken = Tally(), []

        def ckan(asked: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            asked["PATH_INFO"], asked[FOUND] = "/dataset/", 0
            start_response("200 OK", [])
            return [b"page"]

        counting = Counting(ckan, tally, lambda: DAY, lambda: woken.append(1))  # pyright: ignore[reportArgumentType]
        for agent in (FIREFOX, "curl/8"):
            sent = environ("/en/dataset/", "q=bus", HTTP_USER_AGENT=agent)
            assert b"".join(counting(sent, lambda *_: lambda _data: None)) == b"page"
        assert dict(tally.drain().searches) == {(DAY, "bus"): 1}
        assert woken
