"""Files of 2 GB: refused in one sentence before they are written, whether they say their size or
not."""

import gc
import io
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ckanext.scdl import config
from ckanext.scdl.publishing import bounds

TWO_GB = 2_000_000_000
HEAD = (
    b"--x\r\nContent-Disposition: form-data; name=schema\r\n\r\nscdl/prenoms\r\n"
    b'--x\r\nContent-Disposition: form-data; name="upload"; filename="a.csv"\r\n'
    b"Content-Type: text/csv\r\n\r\n"
)


class Endless(io.RawIOBase):
    """A body that goes on, and how much of it was read."""

    def __init__(self) -> None:
        super().__init__()
        self.given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = (HEAD if self.given == 0 else b"a;b\n" * 20_000)[: len(buffer)]
        buffer[: len(piece)] = piece
        self.given += len(piece)
        assert self.given < TWO_GB
        return len(piece)


@pytest.fixture
def small(ckan_config: dict[str, Any], in_request: None) -> None:
    ckan_config["ckanext.scdl.largest_checked"] = 2
    ckan_config["ckanext.scdl.largest_file"] = 3


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where temporary files go; nothing is there at the end."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


@pytest.fixture
def known(in_request: None) -> dict[str, str]:
    """What somebody who publishes sends with each request."""
    from ckan.tests import factories

    return {"Authorization": factories.UserWithToken()["token"]}


def send(app: Any, path: str, headers: dict[str, str], length: int | None) -> tuple[Any, Endless]:
    body = Endless()
    said = {"wsgi.input": body, "CONTENT_TYPE": "multipart/form-data; boundary=x"}
    if length is None:
        said |= {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    else:
        said |= {"CONTENT_LENGTH": str(length)}
    return app.post(path, environ_overrides=said, headers=headers), body


# Werkzeug lets go of the form that it was writing.
@pytest.mark.filterwarnings("ignore:Unclosed file:ResourceWarning")
@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("length", [TWO_GB, None])
@pytest.mark.parametrize(
    ("path", "logged", "limit"),
    [
        ("/verifier", False, 2),
        ("/verifier", True, 3),
        ("/deposer", True, 3),
        ("/api/3/action/scdl_validate", False, 2),
        ("/api/3/action/scdl_deposit_create", True, 3),
    ],
)
def test_two_gigabytes_are_refused_while_they_come(
    app: Any, temporary: Path, known: dict[str, str],
    path: str, logged: bool, limit: int, length: int | None,
) -> None:  # fmt: skip
    answer, body = send(app, path, known if logged else {}, length)
    assert answer.status_code == 413
    assert f"{limit} Mo" in answer.body
    if length is not None:
        assert body.given == 0
    assert body.given <= limit * config.MEGABYTE + 2 * bounds.ROOM
    gc.collect()


@pytest.mark.filterwarnings("ignore:Unclosed file:ResourceWarning")
@pytest.mark.usefixtures("small")
def test_other_bodies_are_bounded_by_others(app: Any, temporary: Path) -> None:
    answer, body = send(app, "/api/3/action/package_search", {}, None)
    assert (answer.status_code, "Mo" in answer.body) == (413, False)
    assert body.given < 10 * bounds.ROOM
    gc.collect()


@pytest.mark.usefixtures("small")
def test_a_stranger_has_a_whole_file_checked_by_the_api(app: Any, temporary: Path) -> None:
    content = b"COMMUNE_NOM,COLL_INSEE\n" + b"Poitiers,86194\n" * 90_000
    answer = app.post(
        "/api/3/action/scdl_validate",
        data={"schema": "scdl/prenoms", "upload": (io.BytesIO(content), "prenoms.csv")},
    )
    assert answer.status_code == 200
    assert answer.json["result"]["rows"] == 90_000
