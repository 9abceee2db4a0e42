"""What the supervisor has to know of a service."""

import signal
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Service:
    """A process that is started, watched and stopped.

    `command` stays in the foreground; `user` is set where root must not run it; `death_signal`
    is what the kernel sends when the supervisor dies, `stop_signal` what an orderly stop sends;
    `start_seconds` is how long it may take before `healthy` is true.
    """

    name: str
    command: list[str]
    healthy: Callable[[], bool]
    environment: dict[str, str] = field(default_factory=dict[str, str])
    user: str | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGTERM
    start_seconds: int = 60
    stop_seconds: int = 20
