"""nginx’s file and the shell files of `docker/`, as far as one can go without an engine."""

import configparser
import re
import shutil
import subprocess
from pathlib import Path
from stat import S_IMODE

import pytest
import yaml

ROOT = Path(__file__).parents[3]
DOCKER = ROOT / "docker"
NGINX = (DOCKER / "nginx.conf").read_text(encoding="utf-8")
TRUSTED_PROXIES = yaml.safe_load((DOCKER / "compose.yaml").read_text(encoding="utf-8"))["services"][
    "web"
]["environment"]["CKANEXT__GRANDPOITIERS__TRUSTED_PROXIES"]
SHELL_FILES = ("entrypoint.sh", "make-env", "postgres/roles.sh", "postgres/permissions.sh")


# -- nginx


def directives() -> dict[str, list[str]]:
    """`{directive: arguments of each occurrence}`, blocks opened and closed alike."""
    text = "\n".join(line for line in NGINX.splitlines() if not line.lstrip().startswith("#"))
    found: dict[str, list[str]] = {}
    for name, arguments in re.findall(r"(?:^|[;{}])\s*([a-z_]+)\s*([^;{}]*)(?=[;{])", text):
        found.setdefault(name, []).append(" ".join(arguments.split()))
    return found


def test_nginx_has_a_form_that_can_be_read() -> None:
    bare = "\n".join(line.split("#")[0] for line in NGINX.splitlines())
    assert bare.count("{") == bare.count("}")
    assert directives()["listen"] == ["8080"]
    assert directives()["proxy_pass"] == ["http://portal"]


def test_nginx_writes_nowhere_but_under_tmp() -> None:
    for name, arguments in directives().items():
        if name.endswith("temp_path") or name == "pid":
            assert arguments[0].startswith("/tmp/"), name


def test_nginx_takes_the_files_that_ckan_takes() -> None:
    settings = configparser.RawConfigParser()
    settings.read(ROOT / "config/ckan.ini", encoding="utf-8")
    limit = settings.getint("app:main", "ckan.max_resource_size")
    size = re.fullmatch(r"(\d+)m", directives()["client_max_body_size"][0])
    assert size
    assert int(size[1]) > limit


def test_nginx_waits_as_long_as_gunicorn() -> None:
    assert directives()["proxy_read_timeout"] == ["120s"]


def test_nginx_says_who_asks_to_ckan_and_to_no_log() -> None:
    passed = dict(line.split(None, 1) for line in directives()["proxy_set_header"])
    assert passed["Host"] == passed["X-Forwarded-Host"] == "$http_host"
    assert passed["X-Forwarded-Proto"] == "$scheme"
    assert passed["X-Forwarded-For"] == "$proxy_add_x_forwarded_for"
    assert TRUSTED_PROXIES == "1"
    (log,) = directives()["log_format"]
    assert not re.search(r"addr|user|agent|referer|args|\$request |\$request_uri", log)
    assert directives()["access_log"] == ["/dev/stdout portal"]
    assert directives()["error_log"] == ["/dev/stderr crit"]


def test_nginx_itself_accepts_the_file(tmp_path: Path) -> None:
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        pytest.skip("nginx is not on this machine (apt-get install nginx-light)")
    # The name `web` is known in the compose network only.
    copy = NGINX.replace("server web:5000", "server 127.0.0.1:5000").replace(
        "/tmp/", f"{tmp_path}/"
    )
    copy = copy.replace("/dev/stderr", f"{tmp_path}/error").replace(
        "/dev/stdout", f"{tmp_path}/out"
    )
    (tmp_path / "nginx.conf").write_text(copy, encoding="utf-8")
    done = subprocess.run(
        [program, "-t", "-c", str(tmp_path / "nginx.conf"), "-e", str(tmp_path / "start.log")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


# -- shell


@pytest.mark.parametrize("name", SHELL_FILES)
def test_a_shell_file_can_be_read_and_run(name: str) -> None:
    path = DOCKER / name
    assert path.read_text(encoding="utf-8").startswith("#!/bin/sh\n")
    assert "\nset -eu\n" in path.read_text(encoding="utf-8")
    assert S_IMODE(path.stat().st_mode) & 0o111
    subprocess.run(["sh", "-n", str(path)], check=True)


@pytest.fixture
def make_env(tmp_path: Path) -> Path:
    for name in ("make-env", ".env.example"):
        shutil.copy(DOCKER / name, tmp_path / name)
    return tmp_path / "make-env"


def _run(*command: object) -> int:
    return subprocess.run([*map(str, command)], capture_output=True, check=False).returncode


def test_make_env_fills_every_secret_with_another_value_that_only_its_owner_reads(
    make_env: Path,
) -> None:
    assert _run(make_env, "https://data.example.fr") == 0
    written = make_env.with_name(".env")
    assert S_IMODE(written.stat().st_mode) == 0o600
    lines = [line for line in written.read_text().splitlines() if line and line[0] != "#"]
    values = dict(line.split("=", 1) for line in lines)
    assert values["PORTAL_SITE_URL"] == "https://data.example.fr"
    assert values["PORTAL_COOKIE_SECURE"] == "true"
    secrets = [value for name, value in values.items() if re.search("PASSWORD|SECRET", name)]
    assert len(set(secrets)) == len(secrets) == 8
    assert all(re.fullmatch("[0-9a-f]{64}", secret) for secret in secrets)


def test_make_env_never_changes_secrets_that_are_in_use(make_env: Path) -> None:
    _run(make_env, "http://127.0.0.1:8080")
    before = make_env.with_name(".env").read_bytes()
    assert b"PORTAL_COOKIE_SECURE=false" in before
    assert _run(make_env, "https://data.example.fr") == 1
    assert make_env.with_name(".env").read_bytes() == before


def test_make_env_wants_a_whole_address(make_env: Path) -> None:
    assert _run(make_env) == _run(make_env, "data.example.fr") == 2
    assert not make_env.with_name(".env").exists()


def test_git_never_takes_the_secrets() -> None:
    ignored = (DOCKER / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {"/.env", "/.env.part", "/portal.env"} <= set(ignored)
