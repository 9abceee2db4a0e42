"""The documentation is complete and true: it names every option, command, action and plugin there
is, and nothing that is not there.

Reads sources and declarations; CKAN is not loaded.
"""

import ast
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import click
import pytest
import yaml

from portal_kit.cli import portal

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs"
FOR = {
    name: (DOCS / f"{name}.md").read_text(encoding="utf-8")
    for name in ("administrator", "referent", "reuser", "developer", "index")
}
README = (ROOT / "README.md").read_text(encoding="utf-8")
EVERYTHING = {"README": README, **FOR}
CONTEXT = click.Context(portal, info_name="portal")


def declared_options() -> list[str]:
    return [
        option["key"]
        for path in sorted(ROOT.glob("ckanext-*/ckanext/**/config_declaration.yaml"))
        for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]
        for option in group["options"]
    ]


def ckan_commands() -> Iterator[str]:
    """`grandpoitiers seed`…: the click commands of the extensions' cli.py, read from their code."""
    for path in sorted(ROOT.glob("ckanext-*/ckanext/*/**/*cli.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        extension = path.relative_to(ROOT).parts[2]
        for function in tree.body:
            if not isinstance(function, ast.FunctionDef):
                continue
            for decorator in function.decorator_list:
                match = re.fullmatch(r"(\w+)\.command\((?:'([\w-]+)')?.*\)", ast.unparse(decorator))
                if match:
                    group = extension if match[1] == "click" else match[1]
                    yield f"{group} {match[2] or function.name.replace('_', '-')}"


def actions() -> Iterator[str]:
    found = [*ROOT.glob("ckanext-*/ckanext/*/logic/action.py")]
    for name in ("actions", "listing", "dropping", "depositing"):
        found += ROOT.glob(f"ckanext-*/ckanext/*/*/{name}.py")
    for path in sorted(found):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            prefixes = ("grandpoitiers_", "scdl_", "realtime_")
            if isinstance(node, ast.FunctionDef) and node.name.startswith(prefixes):
                yield node.name


def plugins() -> list[str]:
    setup = (ROOT / "setup.py").read_text(encoding="utf-8")
    section = setup.split('"ckan.plugins": [')[1].split("]")[0]
    return re.findall(r'"(\w+) = ', section)


def environment_name(option: str) -> str:
    """The variable of an option, as ckanext-envvars reads it."""
    return option.upper().replace(".", "__")


def commands_of_portal() -> dict[str, click.Command]:
    found = {name: portal.get_command(CONTEXT, name) for name in portal.list_commands(CONTEXT)}
    return {name: command for name, command in found.items() if command is not None}


def options_of(command: click.Command) -> set[str]:
    return {
        option
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for option in (*parameter.opts, *parameter.secondary_opts)
        if option.startswith("--")
    }


# -- complete


@pytest.mark.parametrize("option", declared_options())
def test_an_option_of_ours_is_explained_to_administrators(option: str) -> None:
    assert f"`{option}`" in FOR["administrator"]


@pytest.mark.parametrize("command", commands_of_portal())
def test_a_command_of_portal_is_explained_with_its_options(command: str) -> None:
    assert f"./portal {command}" in FOR["administrator"]
    text = FOR["administrator"] + FOR["developer"]
    assert {
        option for option in options_of(commands_of_portal()[command]) if option not in text
    } == (set())


@pytest.mark.parametrize("command", sorted(ckan_commands()))
def test_a_command_of_ckan_that_is_ours_is_explained(command: str) -> None:
    assert f"ckan {command}" in FOR["administrator"]


@pytest.mark.parametrize("action", sorted(actions()))
def test_an_action_of_ours_is_explained_to_reusers_or_developers(action: str) -> None:
    assert f"`{action}`" in FOR["reuser"] + FOR["developer"]


@pytest.mark.parametrize("plugin", plugins())
def test_a_plugin_is_named_where_one_installs_it(plugin: str) -> None:
    assert f"`{plugin}`" in FOR["administrator"]


def test_every_setting_file_of_a_town_is_named() -> None:
    for path in (ROOT / "config").iterdir():
        if path.suffix in (".yaml", ".css", ".svg", ".json"):
            assert f"`{path.name}`" in FOR["administrator"], path.name


def test_the_commands_of_developers_are_named() -> None:
    for path in (ROOT / "scripts").iterdir():
        assert f"scripts/{path.name}" in FOR["developer"], path.name


# -- true


@pytest.mark.parametrize("page", EVERYTHING)
def test_a_command_that_is_written_exists(page: str) -> None:
    known = commands_of_portal()
    for line in re.findall(r"\./portal ([a-z].*)", EVERYTHING[page]):
        name = re.match(r"[a-z]+", line)
        assert name
        assert name[0] in known, line
        if name[0] not in ("ckan", "bench"):
            # Up to the end of the code, or to what the command hands on.
            words = re.split(r"[`#]| -- ", line)[0].split()
            written = {word.split("=")[0] for word in words if word.startswith("--")}
            assert written <= options_of(known[name[0]]), line


@pytest.mark.parametrize("page", EVERYTHING)
def test_an_option_that_is_written_is_declared(page: str) -> None:
    declared = declared_options()
    names = "|".join(("grandpoitiers", "scdl", "realtime"))
    for option in re.findall(rf"`(ckanext\.(?:{names})\.[\w.]+)`", EVERYTHING[page]):
        assert option in declared, option
    # An option named after something (a server) stands for many variables.
    variables = [environment_name(re.sub(r"<\w+>$", "*", option)) for option in declared]
    for variable in re.findall(rf"\bCKANEXT__(?:{names.upper()})__\w+", EVERYTHING[page]):
        assert any(fnmatchcase(variable, pattern) for pattern in variables), variable


@pytest.mark.parametrize("page", EVERYTHING)
def test_an_action_of_ours_that_is_written_exists(page: str) -> None:
    for action in re.findall(r"action/((?:grandpoitiers|scdl|realtime)_\w+)", EVERYTHING[page]):
        assert action in set(actions())


@pytest.mark.parametrize("page", EVERYTHING)
def test_a_link_leads_somewhere(page: str) -> None:
    here = ROOT if page == "README" else DOCS
    for target in re.findall(r"\]\(([^)\s]+)\)", EVERYTHING[page]):
        if re.match(r"https?:|mailto:", target):
            continue
        name, _, anchor = target.partition("#")
        path = here / name if name else here / f"{page}.md"
        assert path.exists(), target
        if anchor:
            titles = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {slug(title) for title in titles}, target


def slug(title: str) -> str:
    """The anchor that forges make of a title."""
    return re.sub(r"[^\w\- ]", "", title.lower().replace("`", "")).replace(" ", "-")


@pytest.mark.parametrize("page", EVERYTHING)
def test_no_page_names_a_machine_of_ours_or_a_registry(page: str) -> None:
    assert not re.search(r"/work/|/root/|/tmp/|pypi\.org|npmjs|maven\.org", EVERYTHING[page])
    assert "TODO" not in EVERYTHING[page]


# -- honest and short


def test_the_first_screen_of_the_readme_has_the_two_commands_and_a_picture() -> None:
    screen = "\n".join(README.splitlines()[:30])
    assert "./portal up" in screen
    assert "./portal test" in screen
    assert re.search(r"!\[[^\]]+\]\(docs/images/home\.png\)", screen)
    assert len(README.splitlines()) < 80


def test_it_is_said_that_the_images_have_never_been_run() -> None:
    assert "n’ont pas encore été exécutées" in FOR["administrator"]
    assert "never been run" in FOR["developer"]


def test_the_index_leads_to_every_page() -> None:
    for path in DOCS.glob("*.md"):
        if path.name != "index.md":
            assert f"({path.name})" in FOR["index"], path.name
    assert "(docs/index.md)" in README


def test_the_names_of_variables_are_made_as_ckanext_envvars_reads_them() -> None:
    assert environment_name("ckanext.grandpoitiers.home.latest") == (
        "CKANEXT__GRANDPOITIERS__HOME__LATEST"
    )


def test_the_reader_of_commands_sees_those_that_are_there() -> None:
    assert "grandpoitiers seed" in set(ckan_commands())


def test_the_changelog_knows_the_version() -> None:
    setup = (ROOT / "setup.py").read_text(encoding="utf-8")
    version = re.search(r'version="([\d.]+)"', setup)
    assert version
    assert f"## {version[1]}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
