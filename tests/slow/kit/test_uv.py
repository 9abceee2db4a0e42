"""uv is told what pip was told: by variables first, then by pip's configuration files."""

from pathlib import Path

import pytest

from portal_kit.uv import uv_environment


@pytest.fixture(autouse=True)
def configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("INDEX_URL", "FIND_LINKS", "CERT", "DEFAULT_INDEX"):
        monkeypatch.delenv(f"PIP_{name}", raising=False)
        monkeypatch.delenv(f"UV_{name}", raising=False)
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    file = tmp_path / "pip.conf"
    file.write_text(
        "[global]\nindex-url = https://miroir.example/simple\ncert = /etc/ville.pem\n"
        "find-links =\n    /opt/a\n    /opt/b\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("PIP_CONFIG_FILE", str(file))


def test_pips_files_are_read() -> None:
    told = uv_environment()
    assert told["UV_DEFAULT_INDEX"] == "https://miroir.example/simple"
    assert told["SSL_CERT_FILE"] == "/etc/ville.pem"
    assert told["UV_FIND_LINKS"] == "/opt/a,/opt/b"


def test_a_variable_of_pip_comes_before_its_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://autre.example/simple")
    assert uv_environment()["UV_DEFAULT_INDEX"] == "https://autre.example/simple"


def test_what_uv_was_told_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_CERT", "/etc/pip.pem")
    monkeypatch.setenv("SSL_CERT_FILE", "/etc/uv.pem")
    assert uv_environment()["SSL_CERT_FILE"] == "/etc/uv.pem"
