"""Who is a robot, from what it says of itself.

Pure: must import neither CKAN nor Flask.
"""

import re
from functools import lru_cache

from crawlerdetect import CrawlerDetect

DECLARED = re.compile(r"bot\b|bot[/_-]|crawl|spider|slurp|archiv|monitor|uptime", re.IGNORECASE)
"""Those that say so: they visit everything, and nobody reads what they take."""
LONGEST = 500

_detector = CrawlerDetect()


@lru_cache(maxsize=4096)
def is_robot(user_agent: str, *, program_welcome: bool = False) -> bool:
    """Whether nobody reads this page; with `program_welcome`, a program that serves somebody is
    none (`curl` on the API, not on a page). Nothing said is a robot too.
    """
    said = user_agent[:LONGEST].strip()
    if program_welcome:
        return DECLARED.search(said) is not None
    return not said or bool(_detector.isCrawler(said))
