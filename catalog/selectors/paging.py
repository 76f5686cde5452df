"""Pages of long lists."""

import time
from collections.abc import Hashable

PAGE_SIZE = 24
# Nobody turns forty pages; beyond, a list is narrowed. It also bounds what counting costs.
MOST = 40 * PAGE_SIZE


class LongLists:
    """Which lists were too long to be read at once, for a few minutes, in this process: finding that out costs most.

    Their pages say « plus de … », and are read anew each time: nobody is shown who is no longer in the list.
    """

    SECONDS = 300
    MOST = 1_000

    def __init__(self) -> None:
        # Until when, by the process's clock.
        self._known: dict[Hashable, float] = {}

    def __contains__(self, asked: Hashable) -> bool:
        return self._known.get(asked, 0.0) > time.monotonic()

    def add(self, asked: Hashable) -> None:
        if len(self._known) >= self.MOST:
            self._known.clear()
        self._known[asked] = time.monotonic() + self.SECONDS

    def remove(self, asked: Hashable) -> None:
        self._known.pop(asked, None)

    def clear(self) -> None:
        self._known.clear()
