"""The worker is healthy when a registered process is alive and ours, and only then."""

import os
import socket
from types import SimpleNamespace

import psutil
import pytest
import redis

from portal_kit.deployment import MARK
from portal_kit.services import worker

MINE = "/srv/portal:worker"


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> list[SimpleNamespace]:
    """The workers that the queue knows of; this process carries our mark."""
    known: list[SimpleNamespace] = []
    monkeypatch.setattr(worker.Worker, "all", lambda **_options: known)
    monkeypatch.setattr(psutil.Process, "environ", lambda _self: {MARK: MINE})
    return known


def entry(pid: int | None = None, hostname: str | None = None) -> SimpleNamespace:
    return SimpleNamespace(pid=pid or os.getpid(), hostname=hostname or socket.gethostname())


def answers(mark: str = MINE) -> bool:
    return worker.answers("redis://127.0.0.1:1/0", mark)


def test_a_living_worker_of_ours(registered: list[SimpleNamespace]) -> None:
    registered += [entry(hostname="elsewhere"), entry()]
    assert answers()


@pytest.mark.parametrize(
    "stale",
    [
        SimpleNamespace(pid=999_999_999, hostname=socket.gethostname()),
        SimpleNamespace(pid=None, hostname=socket.gethostname()),
        SimpleNamespace(pid=os.getpid(), hostname="elsewhere"),
    ],
)
def test_one_that_is_dead_or_elsewhere(
    registered: list[SimpleNamespace], stale: SimpleNamespace
) -> None:
    registered.append(stale)
    assert not answers()


def test_one_of_another_portal_that_shares_the_queue(registered: list[SimpleNamespace]) -> None:
    registered.append(entry())
    assert not answers("/srv/other:worker")


def test_a_queue_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_options: object) -> None:
        raise redis.ConnectionError

    monkeypatch.setattr(worker.Worker, "all", refuse)
    assert not answers()
