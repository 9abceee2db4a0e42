"""Free ports, and words for who holds a taken one."""

import os
import socket
from types import SimpleNamespace

import psutil
import pytest

from portal_kit import ports


def test_a_port_that_somebody_listens_on_is_taken_and_its_process_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert not ports.is_free("127.0.0.1", port)
        assert ports.is_taken(ports.refusal("127.0.0.1", port))
        # Whoever listens everywhere listens here too.
        assert not ports.is_free("0.0.0.0", port)  # noqa: S104  (asked, not bound for good)
        words = ports.holder(port)
    assert str(os.getpid()) in words
    assert psutil.Process().name() in words
    assert ports.is_free("127.0.0.1", port)


def test_a_connection_that_has_just_ended_does_not_hold_its_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)), server.accept()[0]:
            pass
    assert ports.is_free("127.0.0.1", port)


@pytest.mark.parametrize("host", ["192.0.2.1", "nowhere.invalid", "2001:db8::1"])
def test_an_address_of_another_machine_is_refused_but_not_taken(host: str) -> None:
    refusal = ports.refusal(host, 5000)
    assert refusal is not None
    assert not ports.is_taken(refusal)


def test_a_free_port_is_free() -> None:
    assert ports.is_free("127.0.0.1", ports.free_port())


def test_the_next_free_port_is_above() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        other = ports.next_free("127.0.0.1", port)
    assert other > port
    assert ports.next_free("127.0.0.1", 65535) == 65535


def test_what_we_may_not_know_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_kind: str) -> None:
        raise psutil.AccessDenied

    monkeypatch.setattr(psutil, "net_connections", refuse)
    assert ports.holder(80)
    foreign = SimpleNamespace(status=psutil.CONN_LISTEN, laddr=SimpleNamespace(port=80), pid=None)
    monkeypatch.setattr(psutil, "net_connections", lambda _kind: [foreign])
    assert "80" not in ports.holder(80)
