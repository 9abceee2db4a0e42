"""Small files written whole or not at all, and what is remembered in them."""

import errno
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from stat import S_IMODE
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_kit.errors import PortalError
from portal_kit.state import State, dump_json, read_json, write_atomically

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.json"


def test_a_file_is_private_and_replaced(path: Path) -> None:
    path.write_text("old")
    path.chmod(0o644)
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_a_full_disk_leaves_the_old_file_and_no_rest(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    write_atomically(path, b"old")
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(path.parent.iterdir()) == [path]


def test_a_link_prepared_at_the_temporary_name_is_not_followed(path: Path) -> None:
    victim = path.with_name("victim")
    victim.write_text("precious")
    path.with_name(f".{path.name}.{os.getpid()}").symlink_to(victim)
    write_atomically(path, b"new")
    assert victim.read_text() == "precious"
    assert path.read_bytes() == b"new"


def test_no_file_is_an_empty_object(path: Path) -> None:
    assert read_json(path) == {}
    assert State.load(path) == State()


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"null", b'"x"', b"\xff\xfe", b"{'a': 1}"])
def test_a_damaged_file_is_named(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(PortalError, match=r"state\.json"):
        read_json(path)


@given(
    host=st.text(),
    port=st.integers(),
    demo=st.booleans(),
    ports=st.dictionaries(st.text(), st.integers()),
    steps=st.dictionaries(st.text(), st.text()),
)
def test_what_is_saved_is_read_back(
    host: str, port: int, demo: bool, ports: dict[str, int], steps: dict[str, str]
) -> None:
    state = State(host, port, demo, ports, steps)
    assert State.read(asdict(state)) == state


@given(st.dictionaries(st.sampled_from(sorted(State.__dataclass_fields__)), ANY_JSON))
def test_a_value_of_another_kind_is_refused(content: Mapping[str, Any]) -> None:
    with suppress(TypeError):
        state = State.read(content)
        assert type(state.port) is int
        assert type(state.ports) is dict


def test_a_state_of_another_kind_is_named_with_its_file(path: Path) -> None:
    path.write_bytes(dump_json({"port": "5000"}))
    with pytest.raises(PortalError, match=r"state\.json.*port"):
        State.load(path)


def test_keys_of_other_versions_are_left_out(path: Path) -> None:
    path.write_bytes(dump_json({"port": 5001, "colour": "blue"}))
    assert State.load(path) == State(port=5001)


def test_a_forgotten_step_is_due_and_an_unknown_one_is_no_fault() -> None:
    state = State(steps={"index": "a", "seed": "b"})
    state.forget_steps("index", "never done")
    assert state.steps == {"seed": "b"}


def test_json_for_people_keeps_accents() -> None:
    assert dump_json({"nom": "Poitiers été"}).decode().splitlines()[1] == '  "nom": "Poitiers été"'
