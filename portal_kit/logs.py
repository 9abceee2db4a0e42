"""How CKAN's processes write their logs. Imports nothing but the standard library."""

import logging
import re

CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


PASSWORD = re.compile(r"(?<=://)[^\s/@]+:[^\s/@]*@")
"""User and password in an address: those of Solr stand in CKAN's error when it doesn't answer."""


class SafeFormatter(logging.Formatter):
    """A formatter whose messages can't forge a line, nor a traceback tell a password.

    Much of what is logged came with a request: its control characters are written as escapes.
    A traceback keeps its lines.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The message, and the traceback if there is one, without passwords."""
        return PASSWORD.sub("***@", super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  (the name in `logging`)
        """The message on one line."""
        return CONTROLS.sub(
            lambda found: found.group().encode("unicode_escape").decode(),
            super().formatMessage(record),
        )
