"""``python -m ckanext.realtime.poller``: the poller as a service. Must not import CKAN."""

import asyncio
import logging
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

from ckanext.realtime.poller.options import MissingOption, read
from ckanext.realtime.poller.service import Poller
from portal_kit.logs import SafeFormatter


async def serve(poller: Poller) -> None:
    """Run until SIGTERM or SIGINT."""
    task = asyncio.ensure_future(poller.run())
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, task.cancel)
    with suppress(asyncio.CancelledError):
        await task


def main() -> None:
    """Read the settings of ``CKAN_INI`` and the environment, and poll."""
    handler = logging.StreamHandler()
    handler.setFormatter(SafeFormatter("%(asctime)s %(levelname)-5.5s [%(name)s] %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.getLogger("httpx").setLevel(logging.WARNING)
    ini = os.environ.get("CKAN_INI", "")
    try:
        text = Path(ini).read_text(encoding="utf-8") if ini else ""
        options = read(text, os.environ)
    except (OSError, MissingOption) as error:
        sys.exit(str(error))
    asyncio.run(serve(Poller(options)))


if __name__ == "__main__":
    main()
