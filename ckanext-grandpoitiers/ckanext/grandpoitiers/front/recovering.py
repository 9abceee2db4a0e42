"""A query that fails fails one request, not those that come after it in the same thread.

PostgreSQL refuses whatever follows in a transaction that has failed. CKAN 2.12.0 gives its session
back after an answer: the page that says that something went wrong asks the database too, fails in
its turn, and the thread keeps the broken session for every request to come.
"""

from typing import NoReturn

from ckan import model
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError


def install(app: Flask) -> None:
    """Begin anew after an error, for the page that tells it and for the next request."""
    app.register_error_handler(SQLAlchemyError, _roll_back)
    app.teardown_request(_give_back)


def _roll_back(error: SQLAlchemyError) -> NoReturn:
    model.Session.rollback()
    # What Flask does of any other error: it is logged, and told by the page of errors.
    raise error


def _give_back(error: BaseException | None) -> None:
    if error is not None:
        model.Session.remove()
