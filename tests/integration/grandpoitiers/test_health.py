"""/health against the real services."""

from typing import Any

import pytest


def test_all_services_answer(app: Any) -> None:
    """200, no cookie, the three services by name."""
    answer = app.get("/health")
    assert answer.json == {
        "status": "ok",
        "services": {"database": "ok", "solr": "ok", "redis": "ok"},
    }
    assert "Set-Cookie" not in answer.headers


class TestWithoutRedis:
    @pytest.fixture(autouse=True)
    def gone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """CKAN reads the address from the environment, over the ini file."""
        monkeypatch.setenv("CKAN_REDIS_URL", "redis://:secret@127.0.0.1:1/0")

    def test_the_answer_is_503_and_names_it(self, app: Any) -> None:
        """And nothing more: neither address nor password."""
        answer = app.get("/health", status=503)
        assert answer.json["services"] == {"database": "ok", "solr": "ok", "redis": "failing"}
        assert "secret" not in answer.body
        assert "127.0.0.1" not in answer.body

    def test_the_portal_still_answers(self, app: Any) -> None:
        """Requests are counted in each process meanwhile."""
        app.get("/api/3/action/status_show", status=200)
