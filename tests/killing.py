"""Processes that really die: a run carried out by a child that `kill -9` ends where a test says.

The child is a fork of the test's process, as rq's workers fork theirs for each job: it has CKAN
loaded, connections of its own, and no chance to tidy up.
"""

import os
import signal
import traceback
import warnings
from collections.abc import Callable
from typing import Any, NoReturn

from ckan import model


class Killer:
    """Kills its process when it is told of an event for the `rank`-th time (1 is the first)."""

    def __init__(self, rank: int = 1) -> None:
        self.rank = rank

    def __call__(self) -> None:
        self.rank -= 1
        if self.rank == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def before(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, told of as it begins."""

        def told(*args: Any, **kwargs: Any) -> Any:
            self()
            return function(*args, **kwargs)

        return told

    def after(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, told of once it has ended."""

        def told(*args: Any, **kwargs: Any) -> Any:
            result = function(*args, **kwargs)
            self()
            return result

        return told


def survives(work: Callable[[], Any]) -> bool:
    """Do the work in a process of its own; whether it came to its end before being killed."""
    child = start(work)
    _, status = os.waitpid(child, 0)
    assert status in (0, signal.SIGKILL), f"the child ended with {status}: see its traceback"
    return status == 0


def start(work: Callable[[], Any]) -> int:
    """Begin the work in a process of its own; its pid."""
    model.Session.remove()
    with warnings.catch_warnings():
        # The other threads are the tests' servers, which hold no lock that the child wants.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        _work(work)
    return child


def _work(work: Callable[[], Any]) -> NoReturn:
    """Never back to pytest, whatever happens."""
    status = 1
    try:
        engine: Any = model.meta.engine
        engine.dispose(close=False)  # the parent's connections are the parent's
        work()
        status = 0
    except BaseException:  # noqa: BLE001  (a child must not come back to pytest)
        traceback.print_exc()
    finally:
        os._exit(status)
    raise AssertionError("unreachable")
