"""Create the portal's first administrator: `python -m portal_kit.first_administrator NAME`.

Run by `portal up` in a process of its own, because it needs CKAN. The password comes by the
environment (`PORTAL_FIRST_PASSWORD`), which other users of the machine can't read, unlike a
command line. Prints `created`, or `present` when the portal has an administrator already.
"""

import os
import sys

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.cli import load_config
from ckan.config.middleware import make_app

EMAIL_VARIABLE = "PORTAL_ADMINISTRATOR_EMAIL"


def has_administrator() -> bool:
    """Whether an active administrator exists, besides the account CKAN uses for itself."""
    site_user = tk.config["ckan.site_id"]
    query = model.Session.query(model.User).filter_by(sysadmin=True, state="active")
    return query.filter(model.User.name != site_user).count() > 0


def create(name: str, password: str) -> None:
    """Create the account through CKAN's own action."""
    site_user = tk.get_action("get_site_user")({"ignore_auth": True}, {})
    tk.get_action("user_create")(
        {"user": site_user["name"], "ignore_auth": True},
        {
            "name": name,
            "password": password,
            "email": os.environ.get(EMAIL_VARIABLE, f"{name}@portail.invalid"),
            "fullname": "Administration du portail",
            "sysadmin": True,
        },
    )


def main() -> None:
    """Entry point."""
    application = make_app(load_config())
    # CKAN puts it there itself, untyped.
    flask = application._wsgi_app  # noqa: SLF001  # pyright: ignore[reportAttributeAccessIssue]
    with flask.test_request_context():
        if has_administrator():
            sys.stdout.write("present\n")
            return
        create(sys.argv[1], os.environ["PORTAL_FIRST_PASSWORD"])
        sys.stdout.write("created\n")


if __name__ == "__main__":
    main()
