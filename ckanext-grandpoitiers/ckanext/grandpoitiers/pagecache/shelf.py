"""The kept pages of one process: those asked last, within a number of bytes.

Pure: must import neither CKAN nor Flask.
"""

import threading
from collections import OrderedDict
from collections.abc import Hashable

from ckanext.grandpoitiers.pagecache.page import Page


class Shelf:
    """Holds up to `largest` bytes of pages; used by several threads."""

    def __init__(self, largest: int) -> None:
        self._largest = largest
        self._size = 0
        self._pages: OrderedDict[Hashable, Page] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Page | None:
        """The page of that key, which becomes the last one to leave."""
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def put(self, key: Hashable, page: Page) -> None:
        """Keep a page; the ones asked longest ago leave for it."""
        with self._lock:
            self._take_off(key)
            self._pages[key] = page
            self._size += page.size
            while self._size > self._largest:
                self._take_off(next(iter(self._pages)))

    def _take_off(self, key: Hashable) -> None:
        page = self._pages.pop(key, None)
        if page is not None:
            self._size -= page.size
