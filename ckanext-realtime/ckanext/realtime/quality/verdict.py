"""What a validator found, as values. Pure: imports neither ``ckan`` nor an HTTP client.

Apart from the validator, which takes seconds and megabytes to import: only its job does.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that is broken: how many times, and the first ones as the validator words them.

    Errors are the classic rules E001 to E052, those that transport.data.gouv.fr counts too; the
    validator's own readings of the specification (S) and of good practices (P) are warnings here.
    """

    rule: str
    error: bool
    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The rules broken, errors first."""

    findings: tuple[Finding, ...]

    @property
    def errors(self) -> int:
        """Findings of error, all occurrences."""
        return sum(one.count for one in self.findings if one.error)

    @property
    def warnings(self) -> int:
        """Findings that are no errors, all occurrences."""
        return sum(one.count for one in self.findings if not one.error)


UNREADABLE = "GTFS"


def unreadable(reason: str) -> Verdict:
    """The verdict when the timetable itself can't be read by the validator."""
    return Verdict((Finding(UNREADABLE, False, 1, (reason,)),))
