"""How CKAN's processes write their logs. Imports nothing but the standard library."""

import logging
import re

CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class OneLine(logging.Formatter):
    """A formatter whose messages can't forge a line: control characters are written as escapes.

    Much of what is logged came with a request. A traceback keeps its lines.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  (the name in `logging`)
        """The message on one line."""
        return CONTROLS.sub(
            lambda found: found.group().encode("unicode_escape").decode(),
            super().formatMessage(record),
        )
