"""The layout proves itself: what modules say they do not import, where things are, how long.

Reads the sources; imports nothing of the project.
"""

import ast
import re
import textwrap
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
EXTENSIONS = ("grandpoitiers", "scdl", "realtime")
FOLDERS = {
    **{f"ckanext.{name}": ROOT / f"ckanext-{name}/ckanext/{name}" for name in EXTENSIONS},
    "portal_kit": ROOT / "portal_kit",
    "portal_config": ROOT / "config",
    "portal_schemas": ROOT / "schemas",
}
HTTP = [
    *("httpx", "requests", "urllib3", "urllib.request", "http.client", "aiohttp", "owslib"),
    *("portal_kit.outbound.client", "portal_kit.outbound.transport"),
]
DESIGNED_PURE = [
    "ckanext.grandpoitiers.themes.declared",
    "ckanext.grandpoitiers.themes.fields",
    "ckanext.grandpoitiers.maps.extents",
    "ckanext.grandpoitiers.events.event",
    "ckanext.grandpoitiers.events.registration",
    "ckanext.grandpoitiers.pages.page",
    "ckanext.grandpoitiers.catalogue.record",
    "ckanext.grandpoitiers.catalogue.iso19139",
    "ckanext.grandpoitiers.catalogue.inspire",
    "ckanext.grandpoitiers.catalogue.dataset",
    "ckanext.grandpoitiers.catalogue.plan",
    "ckanext.scdl.registry",
    "ckanext.scdl.dataset_type",
    "ckanext.scdl.validation",
    "ckanext.scdl.report",
    "ckanext.scdl.messages",
    "ckanext.realtime.feed",
    "ckanext.realtime.tables",
    "ckanext.realtime.freshness",
]
"""What the design wants pure, whatever a docstring says; those that exist are checked."""

LONG = 250
VERY_LONG = {
    "ckanext.grandpoitiers.catalogue.csw": "every known misbehaviour of a server, with its source",
    "ckanext.grandpoitiers.catalogue.store": "the only place that writes to CKAN",
    "portal_kit.supervisor": "supervisord: its configuration, its remote control, what it left",
}
"""Modules of more than 320 lines, and why they are."""


def modules() -> dict[str, Path]:
    """`{dotted name: file}` of all our Python, migrations apart."""
    found: dict[str, Path] = {}
    for package, folder in FOLDERS.items():
        for path in sorted(folder.rglob("*.py")):
            if "migration" in path.parts:
                continue
            parts = path.relative_to(folder).with_suffix("").parts
            found[".".join((package, *(part for part in parts if part != "__init__")))] = path
    return found


MODULES = modules()


@cache
def tree(name: str) -> ast.Module:
    return ast.parse(MODULES[name].read_text(encoding="utf-8"))


def docstring(name: str) -> str:
    return " ".join((ast.get_docstring(tree(name)) or "").split())


@cache
def imports(name: str) -> frozenset[str]:
    """Every module that `name` imports, wherever in its code, except for the type checker."""
    found: set[str] = set()
    for node in nodes(tree(name)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            # Ours never import relatively (ruff TID would say so; here it would be missed).
            assert node.level == 0, f"{name} imports relatively"
            assert node.module
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return frozenset(found)


def nodes(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from nodes(child)


@cache
def reached(name: str) -> frozenset[str]:
    """What importing `name` brings in: its imports, and those of our modules among them."""
    found: set[str] = set()
    todo = [name]
    while todo:
        for target in imports(todo.pop()):
            if target not in found:
                found.add(target)
                if target in MODULES:
                    todo.append(target)
    return frozenset(found)


def of_ckan(name: str) -> bool:
    if name in ("ckan", "ckanext") or name.startswith("ckan."):
        return True
    return name.startswith("ckanext.") and name.split(".")[1] not in EXTENSIONS


def is_http(name: str) -> bool:
    return any(name == client or name.startswith(f"{client}.") for client in HTTP)


def promises(name: str) -> str:
    """The sentence of a module's docstring that says what it must not import, if any."""
    sentences = re.split(r"(?<=[.;])\s+(?=[A-Z])", docstring(name))
    rule = re.compile(r"\b[Mm]ust (not import|import n)|\bPure\b")
    return " ".join(sentence for sentence in sentences if rule.search(sentence))


def without_ckan() -> list[str]:
    return [n for n in MODULES if re.search(r"ckan\b|\bPure\b", promises(n), re.IGNORECASE)]


def without_http() -> list[str]:
    said = [n for n in MODULES if re.search(r"HTTP|\bPure\b", promises(n))]
    return [n for n in {*said, *DESIGNED_PURE} if n in MODULES]


def ours(names: Iterable[str]) -> list[str]:
    return sorted(name for name in names if name.split(".")[0] in ("portal_kit", "ckanext"))


@pytest.mark.parametrize("name", sorted({*without_ckan(), *without_http()}))
def test_a_module_that_says_so_never_loads_ckan(name: str) -> None:
    guilty = sorted(filter(of_ckan, reached(name)))
    assert not guilty, f"{name} brings in {guilty[:3]}"


@pytest.mark.parametrize("name", sorted(without_http()))
def test_a_pure_module_imports_no_http_client(name: str) -> None:
    assert not sorted(filter(is_http, imports(name)))


def test_a_module_that_must_import_nothing_of_the_project_does_not() -> None:
    for name in MODULES:
        if re.search(r"nothing of (the project|ours)", promises(name)):
            assert not ours(imports(name)), name


def test_what_the_design_wants_pure_says_so_itself() -> None:
    silent = [name for name in DESIGNED_PURE if name in MODULES and not promises(name)]
    assert not silent


def test_enough_modules_are_found_for_these_rules_to_mean_something() -> None:
    assert len(without_ckan()) > 30
    assert len(without_http()) > 15


def test_the_kit_knows_ckan_in_the_few_places_that_run_inside_it_only() -> None:
    found = [
        name
        for name in MODULES
        if name.startswith("portal_kit") and any(filter(of_ckan, imports(name)))
    ]
    assert found == ["portal_kit.first_administrator", "portal_kit.wsgi"]


def test_an_extension_imports_neither_of_the_two_others() -> None:
    for name in MODULES:
        if name.startswith("ckanext."):
            own = name.split(".")[1]
            others = [
                target
                for target in imports(name)
                if target.startswith("ckanext.") and target.split(".")[1] in {*EXTENSIONS} - {own}
            ]
            assert not others, name


def test_every_folder_of_code_says_what_it_holds() -> None:
    """CKAN's own, which the skeleton names, and the empty root of each extension apart."""
    known = {*EXTENSIONS, "logic", "templates", "assets", "public", "i18n", "portal_kit"}
    silent = [
        str(path.parent)
        for folder in FOLDERS.values()
        for path in folder.rglob("__init__.py")
        if path.parent.name not in known
        and "migration" not in path.parts
        and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not silent


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        name
        for name, path in MODULES.items()
        if path.read_text(encoding="utf-8").strip() and not docstring(name)
    ]
    assert not silent


# -- the same skeleton everywhere


def test_the_namespace_ckanext_belongs_to_nobody() -> None:
    """An `__init__.py` of ours there would hide CKAN's own extensions."""
    assert not list(ROOT.glob("ckanext-*/ckanext/__init__.py"))


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_an_extension_has_the_skeleton_of_the_others(extension: str) -> None:
    folder = FOLDERS[f"ckanext.{extension}"]
    assert (folder / "__init__.py").read_text(encoding="utf-8") == ""
    assert (folder / "plugin.py").is_file()
    assert (folder / "config.py").exists() == (folder / "config_declaration.yaml").exists()
    logic = {path.name for path in folder.glob("logic/*.py")}
    assert logic <= {"__init__.py", "action.py", "auth.py", "schema.py", "validators.py"}
    misplaced = ("action", "actions", "auth", "validators", "blueprint", "commands", "utils")
    assert not [name for name in misplaced if (folder / f"{name}.py").exists()]


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_a_plugin_class_is_a_table_of_contents(extension: str) -> None:
    for path in FOLDERS[f"ckanext.{extension}"].rglob("plugin.py"):
        classes = [
            node
            for node in ast.parse(path.read_text(encoding="utf-8")).body
            if isinstance(node, ast.ClassDef)
        ]
        assert len(classes) == 1, path
        assert (classes[0].end_lineno or 0) - classes[0].lineno < 60, path


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_options_are_read_in_config_py_only(extension: str) -> None:
    prefix = f"ckanext.{extension}."
    for name in MODULES:
        if not name.startswith(prefix) or name == f"{prefix}config":
            continue
        reads = [
            ast.unparse(node)
            for node in ast.walk(tree(name))
            if isinstance(node, ast.Subscript | ast.Call)
            and re.match(rf"(tk\.)?config(\.get\(|\[)'{re.escape(prefix)}", ast.unparse(node))
        ]
        assert not reads, name


# -- length


def length(name: str) -> int:
    return len(MODULES[name].read_text(encoding="utf-8").splitlines())


def test_the_longest_modules_are_few_and_have_a_reason() -> None:
    longest = {name for name in MODULES if length(name) > 320}
    assert longest <= set(VERY_LONG)
    assert len(VERY_LONG) <= 5
    assert max(map(length, MODULES)) <= 400


def test_modules_are_rarely_long() -> None:
    written = [name for name in MODULES if length(name)]
    assert sum(length(name) > LONG for name in written) <= len(written) / 10


def test_the_reader_of_imports_sees_them_all() -> None:
    code = textwrap.dedent("""
        import a.b
        from typing import TYPE_CHECKING
        if TYPE_CHECKING:
            from ckan import model
        def f():
            from c import d
    """)
    found = [n for n in nodes(ast.parse(code)) if isinstance(n, ast.Import | ast.ImportFrom)]
    assert [ast.unparse(node) for node in found] == [
        "import a.b",
        "from typing import TYPE_CHECKING",
        "from c import d",
    ]
