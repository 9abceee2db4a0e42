"""The errors that end a `portal` command with one sentence; must import nothing of the project.

PortalError                 anything the person at the keyboard has to know (exit status 3)
├── UsageError              the command was asked for something it can't do (exit status 2)
└── ServiceError            a service didn't start, or stopped answering
"""


class PortalError(Exception):
    """One sentence: what happened and what to do. The traceback shows with --debug only."""

    exit_status = 3


class UsageError(PortalError):
    """The command can't be carried out as it was typed."""

    exit_status = 2


class ServiceError(PortalError):
    """A service did not start or does not answer."""
