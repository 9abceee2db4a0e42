"""The `portal` command: one click group, one module a family of commands in `commands/`."""

import errno
import sys
import traceback
from importlib import import_module

import click
from rich.console import Console

from portal_kit import faults
from portal_kit.errors import PortalError
from portal_kit.i18n import _

MODULES = {
    "up": "lifecycle",
    "down": "lifecycle",
    "status": "lifecycle",
    "logs": "lifecycle",
    "reset": "lifecycle",
    "ckan": "passthrough",
    "harvest": "harvest",
    "test": "test",
    "bench": "bench",
    "backup": "administration",
    "restore": "administration",
    "upgrade": "administration",
    "doctor": "diagnosis",
    "communes": "communes",
}
"""Command → module of `commands/`, imported when the command is run: `doctor` has to work on a
machine where the others can't be imported."""


class LazyGroup(click.Group):
    """A group that imports a command's module when it needs it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in MODULES:
            return None
        return getattr(import_module(f"portal_kit.commands.{MODULES[cmd_name]}"), cmd_name)


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=_("An open data portal on real services: start it, look after it, test it."),
)
@click.option("--debug", is_flag=True, help=_("Show the traceback of an error."))
def portal(debug: bool) -> None:
    """`debug` is read by `main`, where errors end."""


def main() -> None:
    """Run the command; an error is one sentence on standard error and an exit status."""
    try:
        portal.main(prog_name="portal", standalone_mode=False)
    except click.exceptions.Abort:
        raise SystemExit(130) from None
    except click.ClickException as error:
        error.show()
        raise SystemExit(2) from None
    except PortalError as error:
        _say(str(error))
        raise SystemExit(error.exit_status) from None
    except OSError as error:
        _say(_os_error(error))
        raise SystemExit(PortalError.exit_status) from None
    except Exception as error:  # noqa: BLE001  (the edge: a person gets a sentence, whatever it is)
        _say(
            _("Unexpected error: {reason}. To see where: ./portal --debug …").format(
                reason=" ".join(str(error).split()) or type(error).__name__
            )
        )
        raise SystemExit(PortalError.exit_status) from None


def _say(sentence: str) -> None:
    if "--debug" in sys.argv:
        traceback.print_exc()
    Console(stderr=True, highlight=False).print(
        f"portal : {sentence}", style="red", markup=False, soft_wrap=True
    )


def _os_error(error: OSError) -> str:
    """A full disk, a folder that may not be written to…"""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return faults.disk_full()
    return ": ".join(str(part) for part in (error.filename, error.strerror or error) if part)


if __name__ == "__main__":
    main()
