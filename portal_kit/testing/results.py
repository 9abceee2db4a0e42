"""Counts, times and skips of the parts of a test run, read from pytest's JUnit files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree
from rich.table import Table

from portal_kit.i18n import _


@dataclass(frozen=True)
class Part:
    """What came of one part; `skips` is reason → count."""

    name: str
    seconds: float
    status: int
    passed_count: int = 0
    failed_count: int = 0
    skips: dict[str, int] = field(default_factory=dict[str, int])

    @property
    def passed(self) -> bool:
        """Whether the runner was content."""
        return self.status == 0


def read(name: str, seconds: float, status: int, junit: Path) -> Part:
    """The part whose pytest wrote `junit`; a runner that died wrote none, which is a failure."""
    if not junit.exists():
        return Part(name, seconds, status or 1, failed_count=1)
    passed = failed = 0
    skips: dict[str, int] = {}
    for case in etree.parse(str(junit)).iter("testcase"):
        skipped = case.find("skipped")
        if skipped is not None:
            reason = skipped.get("message") or "?"
            skips[reason] = skips.get(reason, 0) + 1
        elif case.find("failure") is not None or case.find("error") is not None:
            failed += 1
        else:
            passed += 1
    return Part(name, seconds, status, passed, failed, skips)


def table(parts: Sequence[Part]) -> Table:
    """One line a part, with its time."""
    lines = Table(box=None, pad_edge=False)
    for heading in (_("Part"), _("Passed"), _("Failed"), _("Skipped"), _("Seconds")):
        lines.add_column(heading)
    for part in parts:
        colour = "green" if part.passed else "red"
        lines.add_row(
            f"[{colour}]{part.name}[/]",
            *(str(n) for n in (part.passed_count, part.failed_count, sum(part.skips.values()))),
            f"{part.seconds:.0f}",
        )
    return lines


def skips(parts: Sequence[Part]) -> Iterator[str]:
    """Why tests were skipped."""
    for part in parts:
        for reason, count in sorted(part.skips.items()):
            yield _("{part}: {count} skipped: {reason}").format(
                part=part.name, count=count, reason=reason
            )


def closing_line(parts: Sequence[Part]) -> str:
    """The totals, in the form that programs read."""
    passed = sum(part.passed_count for part in parts)
    failed = sum(max(part.failed_count, int(not part.passed)) for part in parts)
    skipped = sum(sum(part.skips.values()) for part in parts)
    return f"{passed} passed, {failed} failed, {skipped} skipped"
