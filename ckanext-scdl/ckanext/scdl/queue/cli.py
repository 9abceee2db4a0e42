"""`ckan scdl drop` and `ckan scdl publish-due`: what timers run."""

from pathlib import Path

import click

from ckanext.scdl.errors import ScdlError
from ckanext.scdl.queue import folder as watched


@click.command("publish-due")
@click.pass_context
def publish_due(ctx: click.Context) -> None:
    """Publish the deposits whose moment has come, carry on what was interrupted."""
    from ckanext.scdl.queue import switching  # noqa: PLC0415  (needs CKAN loaded)

    with ctx.meta["flask_app"].test_request_context():
        for submission_id, state in switching.tick().items():
            click.echo(f"{submission_id} {state}")


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--user", required=True, help="The account in whose name files are deposited.")
@click.pass_context
def drop(ctx: click.Context, folder: Path, user: str) -> None:
    """Deposit the files of a folder by the rules of ckanext.scdl.drop_rules.

    What became of each is said here and in a text of the folder. The exit status is 1 when a file
    waits for a reason that somebody must look at.
    """
    import ckan.plugins.toolkit as tk  # noqa: PLC0415  (needs CKAN loaded)

    from ckanext.scdl.queue import clock, store  # noqa: PLC0415

    with ctx.meta["flask_app"].test_request_context():
        asked: dict[str, str] = {}
        try:
            found = watched.look(folder, _taker(user, asked))
        except (ScdlError, tk.ObjectNotFound) as error:
            raise click.ClickException(str(error)) from error
        lines = [f"{one.name}: {_said(one, asked.get(one.name, ''))}" for one in found]
        for line in lines:
            click.echo(line)
        if lines:
            title = tk._("What the portal did of these files on {moment}")
            watched.tell(folder, lines, title.format(moment=clock.shown(store.now())))
        normal = (watched.GROWING, watched.LOCKED, watched.BUSY)
        if asked or any(not one.taken and one.why not in normal for one in found):
            ctx.exit(1)


def _said(one: watched.Dropped, address: str) -> str:
    import ckan.plugins.toolkit as tk  # noqa: PLC0415  (needs CKAN loaded)

    if one.taken:
        waits = tk._("deposited, and waits for an answer at {address}")
        return waits.format(address=address) if address else tk._("deposited")
    said = tk._(one.why)
    return said.format(reason=one.reason) if one.reason else said


def _taker(name: str, asked: dict[str, str]):
    """What deposits a file; ``asked`` is told where those that need an answer wait for it."""
    import ckan.plugins.toolkit as tk  # noqa: PLC0415  (needs CKAN loaded)
    from ckan import model  # noqa: PLC0415
    from werkzeug.datastructures import FileStorage  # noqa: PLC0415

    user = model.User.get(name)
    if user is None or not user.is_active:
        raise tk.ObjectNotFound(tk._("There is no user named {name}.").format(name=name))

    def take(path: Path) -> str:
        before = path.stat()
        try:
            with path.open("rb") as stream:
                found = tk.get_action("scdl_deposit_drop")(
                    {"user": user.name, "auth_user_obj": user},
                    {
                        "upload": FileStorage(stream, filename=path.name),
                        "note": tk._("Dropped in the folder {name}").format(name=path.parent.name),
                    },
                )
        except tk.ValidationError as error:
            return "; ".join(map(str, error.error_summary.values()))
        except (tk.NotAuthorized, tk.ObjectNotFound):
            return tk._("this account may not deposit for the dataset of its rule")
        after = path.stat()
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            _take_back(user, found)
            return watched.GROWING
        if found["state"] == "draft":
            asked[path.name] = str(found["address"])
        return ""

    return take


def _take_back(user: object, found: dict[str, object]) -> None:
    """The file changed while it was read: what was read of it is given up."""
    import ckan.plugins.toolkit as tk  # noqa: PLC0415  (needs CKAN loaded)

    verb = "scdl_deposit_delete" if found["state"] == "draft" else "scdl_submission_withdraw"
    context = {"user": getattr(user, "name", ""), "auth_user_obj": user}
    tk.get_action(verb)(context, {"id": found["id"]})  # type: ignore[arg-type]
