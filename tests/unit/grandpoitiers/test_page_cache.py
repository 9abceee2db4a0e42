"""The cache of pages: who is answered from it, with what, and for how long."""

import base64
import gzip
import json
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.grandpoitiers.pagecache.asking import key_of
from ckanext.grandpoitiers.pagecache.generation import MEMO, YOUNG, Generations
from ckanext.grandpoitiers.pagecache.middleware import PageCache
from ckanext.grandpoitiers.pagecache.page import LARGEST, made_of, may_be_kept
from ckanext.grandpoitiers.pagecache.shelf import Shelf
from ckanext.grandpoitiers.pagecache.writes import is_change
from portal_kit.keeping import ANONYMOUS, KEEP_SECONDS

COOKIES = ("ckan", "remember_token")
TOKENS = ("HTTP_AUTHORIZATION", "HTTP_X_CKAN_API_KEY")
HTML = (("Content-Type", "text/html; charset=utf-8"),)


def asked(**changes: Any) -> dict[str, Any]:
    """The environment of a visitor who opens a dataset."""
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/dataset/arbres",
        "QUERY_STRING": "",
        "HTTP_HOST": "portail.example",
        "HTTP_ACCEPT": "text/html,application/xhtml+xml,*/*;q=0.8",
        "wsgi.url_scheme": "https",
        **changes,
    }


def session(held: Any) -> str:
    """The cookie of a session of Flask that holds this."""
    payload = base64.urlsafe_b64encode(json.dumps(held).encode()).decode().rstrip("=")
    return f"{payload}.date.signature"


def key(**changes: Any) -> tuple[str, ...] | None:
    """The key of such a request."""
    return key_of(asked(**changes), COOKIES, TOKENS)


class TestWhoIsAnswered:
    @pytest.mark.parametrize(
        "changes",
        [
            {"REQUEST_METHOD": "POST"},
            {"HTTP_COOKIE": "ckan=abc"},
            {"HTTP_COOKIE": f"ckan={session({'_user_id': 'camille', '_fresh': True})}"},
            {"HTTP_COOKIE": f"ckan={session({'_csrf_token': 'x', '_flashes': []})}"},
            {"HTTP_COOKIE": f"ckan={session({'_csrf_token': 'x'})}; remember_token=7|x"},
            {"HTTP_COOKIE": f"ckan={session([])}"},
            {"HTTP_COOKIE": f"ckan=.{session({'_csrf_token': 'x'})}"},
            {"HTTP_COOKIE": "ckan="},
            {"HTTP_COOKIE": "_pk_id=1; remember_token=7|x"},
            {"HTTP_COOKIE": 'a="unfinished; ckan=abc'},
            {"HTTP_COOKIE": "bad name\x01=1;ckan=abc"},
            {"HTTP_AUTHORIZATION": "token"},
            {"HTTP_X_CKAN_API_KEY": "token"},
            {"REMOTE_USER": "camille"},
            {"HTTP_ACCEPT": "text/turtle"},
            {"HTTP_ACCEPT": "application/rdf+xml, text/html;q=0.5"},
            {"PATH_INFO": "/api/3/action/package_list"},
            {"PATH_INFO": "/en/user/login"},
            {"QUERY_STRING": "q=" + "x" * 5_000},
        ],
    )
    def test_only_ckan_answers(self, changes: dict[str, Any]) -> None:
        """Whoever may be signed in, asks for something else than HTML, or changes something."""
        assert key(**changes) is None

    @pytest.mark.parametrize("accept", ["", "*/*", "text/html", "text/html;q=1, text/turtle"])
    def test_browsers_and_simple_programs_share_a_page(self, accept: str) -> None:
        """Both get HTML."""
        assert key(HTTP_ACCEPT=accept) == key()

    def test_a_cookie_of_somebody_else_changes_nothing(self) -> None:
        """A town's site sets cookies for all its subdomains."""
        assert key(HTTP_COOKIE="_pk_id=1; theme=dark") == key()

    def test_who_only_opened_a_form_is_still_a_visitor(self) -> None:
        """Its proof is in the session, and on no page that is kept."""
        opened = session({"_csrf_token": "x", "_fresh": False})
        assert key(HTTP_COOKIE=f"ckan={opened}") == key()
        assert key(HTTP_COOKIE=f'_pk_id=1; ckan="{opened}"') == key()

    @given(st.text(max_size=60))
    def test_no_cookie_breaks_it(self, text: str) -> None:
        """What can't be read may sign somebody in."""
        assert key(HTTP_COOKIE=f"ckan={text.replace(';', '')}") is None or text.startswith("ey")

    @given(st.text(max_size=40), st.text(max_size=40))
    def test_two_addresses_have_two_keys(self, one: str, other: str) -> None:
        """Path and query do not run together."""
        first, second = key(PATH_INFO=f"/{one}"), key(QUERY_STRING=other)
        if first is not None and second is not None:
            assert (first == second) == ((f"/{one}", "") == ("/dataset/arbres", other))


class TestWhatIsKept:
    @pytest.mark.parametrize(
        ("status", "headers"),
        [
            ("404 NOT FOUND", HTML),
            ("302 FOUND", HTML),
            ("200 OK", (("Content-Type", "text/turtle"),)),
            ("200 OK", (*HTML, ("Cache-Control", "no-store"))),
            ("200 OK", (*HTML, ("Content-Disposition", "attachment"))),
            ("200 OK", (*HTML, ("Content-Length", str(LARGEST + 1)))),
        ],
    )
    def test_what_is_not_a_page_for_all_is_not(
        self, status: str, headers: tuple[tuple[str, str], ...]
    ) -> None:
        """Errors, redirections, documents, what says no, what is too large."""
        assert not may_be_kept(status, headers)

    @pytest.mark.parametrize(
        "form", ['<form method="post">', "<form class='a'\n method=POST>", '<a hx-post="/x">']
    )
    def test_a_page_with_a_form_is_not(self, form: str) -> None:
        """Its proof holds with its visitor's session alone."""
        assert made_of(HTML, form.encode(), 1, 60.0, {}) is None

    def test_it_holds_neither_cookie_nor_token(self) -> None:
        """Nothing of the visitor it was made for."""
        body = b'<meta name="_csrf_token" content="secret.proof" /><p>Arbres</p>'
        page = made_of((*HTML, ("Set-Cookie", "ckan=abc")), body, 1, 60.0, {})
        assert page is not None
        status, headers, given = page.answer(asked())
        assert status == "200 OK"
        assert "set-cookie" not in {name.lower() for name, _ in headers}
        assert given == b'<meta name="_csrf_token" content="" /><p>Arbres</p>'

    def test_a_browser_gets_it_packed_and_only_once(self) -> None:
        """gzip where it is understood; 304 and no body for who has it."""
        page = made_of(HTML, b"<p>Arbres</p>" * 100, 1, 60.0, {})
        assert page is not None
        _, headers, body = page.answer(asked(HTTP_ACCEPT_ENCODING="gzip, br"))
        said = dict(headers)
        assert gzip.decompress(body) == b"<p>Arbres</p>" * 100
        assert int(said["Content-Length"]) == len(body)
        status, _, again = page.answer(asked(HTTP_IF_NONE_MATCH=said["ETag"]))
        assert (status, again) == ("304 Not Modified", b"")


class TestShelf:
    def test_what_was_asked_longest_ago_leaves_first(self) -> None:
        """And the number of bytes is never passed."""
        page = made_of(HTML, b"x" * 1_000, 1, 60.0, {})
        assert page is not None
        shelf = Shelf(2 * page.size)
        shelf.put("a", page)
        shelf.put("b", page)
        shelf.get("a")
        shelf.put("c", page)
        assert [name for name in "abc" if shelf.get(name)] == ["a", "c"]

    def test_a_page_put_twice_counts_once(self) -> None:
        """Otherwise the shelf would end empty."""
        page = made_of(HTML, b"x", 1, 60.0, {})
        assert page is not None
        shelf = Shelf(page.size)
        for _ in range(5):
            shelf.put("a", page)
        assert shelf.get("a") is page


class TestStatements:
    @pytest.mark.parametrize(
        "statement",
        [
            "INSERT INTO package VALUES (1)",
            "  update package set title = 'x'",
            'COPY "table" FROM STDIN',
            "WITH gone AS (DELETE FROM a RETURNING *) SELECT * FROM gone",
            "with x as (select 1) insert into a select * from x",
            "TRUNCATE a",
        ],
    )
    def test_a_change_is_one(self, statement: str) -> None:
        """Whatever its case and its beginning."""
        assert is_change(statement)

    @pytest.mark.parametrize(
        "statement",
        [
            "SELECT * FROM package WHERE title = 'update'",
            "WITH a AS (SELECT 1) SELECT * FROM a",
            "UPDATE api_token SET last_access=now() WHERE id = 'x'",
            'UPDATE "user" SET last_active=now() WHERE id = 1',
        ],
    )
    def test_a_question_is_none(self, statement: str) -> None:
        """Nor is the note of who was here."""
        assert not is_change(statement)


class Counter:
    """A Redis of one number, that can be down: the real one answers in the integration tests."""

    def __init__(self) -> None:
        self.number = 0
        self.down = False

    def get(self, _key: str) -> bytes:
        """As redis.Redis.get."""
        self._answer()
        return str(self.number).encode()

    def incr(self, _key: str) -> int:
        """As redis.Redis.incr."""
        self._answer()
        self.number += 1
        return self.number

    def _answer(self) -> None:
        from redis import ConnectionError as RedisDown

        if self.down:
            raise RedisDown("down")


class Portal:
    """A portal whose page shows how often it was made."""

    def __init__(self) -> None:
        self.now = 0.0
        self.made = 0
        self.environ: dict[str, Any] = {ANONYMOUS: True}
        self.redis = Counter()
        generations = Generations(self.redis, "key", lambda: self.now)  # pyright: ignore[reportArgumentType]
        self.generations = generations
        self.cache = PageCache(
            self._answer,
            Shelf(1_000_000),
            generations,
            60,
            cookies=COOKIES,
            headers=TOKENS,
            told=("found",),
            clock=lambda: self.now,
        )

    def _answer(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.made += 1
        environ.update(self.environ)
        start_response("200 OK", [*HTML, ("Set-Cookie", "ckan=visitor")])
        return [str(self.made).encode()]

    def open(self, **changes: Any) -> str:
        """What a visitor reads."""
        environ = asked(**changes)
        body = b"".join(self.cache(environ, lambda *_: lambda _data: None))
        self.environ["seen"] = environ
        return body.decode()


@pytest.fixture
def portal() -> Portal:
    """One whose last change is long ago."""
    portal = Portal()
    portal.open(PATH_INFO="/first")
    portal.made = 0
    portal.now = 100.0
    return portal


class TestCache:
    def test_the_second_visitor_gets_the_page_of_the_first(self, portal: Portal) -> None:
        """CKAN is asked once; HEAD is answered from the same page."""
        assert [portal.open(), portal.open()] == ["1", "1"]
        assert portal.open(REQUEST_METHOD="HEAD") == ""
        assert portal.made == 1

    def test_a_change_here_shows_at_once(self, portal: Portal) -> None:
        """The process that changed something does not wait."""
        portal.open()
        portal.generations.advance()
        assert portal.open() == "2"

    def test_a_change_elsewhere_shows_after_the_memo(self, portal: Portal) -> None:
        """Another process raised the number."""
        portal.open()
        portal.redis.number += 1
        portal.now += MEMO
        assert portal.open() == "2"

    def test_a_page_made_right_after_a_change_is_kept_briefly(self, portal: Portal) -> None:
        """Solr may have answered as before the change."""
        portal.generations.advance()
        portal.open()
        portal.now += YOUNG + 0.1
        assert portal.open() == "2"
        portal.now += 30
        assert portal.open() == "2"

    def test_a_page_made_during_a_change_is_not_given_after_it(self, portal: Portal) -> None:
        """It bears the number from before."""
        portal.redis.number = 7
        portal.now += MEMO
        portal.open()
        portal.redis.number = 8
        portal.now += MEMO
        assert portal.open() == "2"

    def test_an_old_page_is_made_again(self, portal: Portal) -> None:
        """Some things change with the hour alone."""
        portal.open()
        portal.now += 60
        assert portal.open() == "2"

    @pytest.mark.parametrize("said", [{KEEP_SECONDS: 0}, {ANONYMOUS: False}, {ANONYMOUS: None}])
    def test_what_ckan_says_about_the_page_holds(
        self, portal: Portal, said: dict[str, Any]
    ) -> None:
        """Not for others, or made for somebody who is signed in by whatever means."""
        portal.environ.update(said)
        assert [portal.open(), portal.open()] == ["1", "2"]

    def test_without_redis_nothing_is_kept(self, portal: Portal) -> None:
        """The portal answers all the same."""
        portal.open()
        portal.redis.down = True
        portal.now += MEMO
        assert [portal.open(), portal.open()] == ["2", "3"]

    def test_who_is_signed_in_neither_gets_nor_leaves_a_page(self, portal: Portal) -> None:
        """Before as after the visitor's."""
        assert portal.open(HTTP_COOKIE="ckan=abc") == "1"
        assert portal.open() == "2"
        assert portal.open(HTTP_COOKIE="ckan=abc") == "3"

    def test_what_ckan_noted_is_told_again(self, portal: Portal) -> None:
        """Whoever counts in front of the cache sees the same."""
        portal.environ["found"] = 12
        portal.open()
        portal.environ.pop("found")
        portal.open()
        assert portal.environ["seen"]["found"] == 12
