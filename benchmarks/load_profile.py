"""Where the processor time of a request goes: `load` runs it when the rate it was asked for is not held.

It reads JSON from its input, by page a list of `[path, cookie]`, and prints a table. The pages are asked for in this
process, under the settings of the load; each part is less what it calls of the others. What uvicorn, the threads and
PostgreSQL take is not seen from here.
"""

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from time import thread_time
from typing import Any

import django

django.setup()

# These need the settings loaded above.
from django.conf import settings  # noqa: E402
from django.contrib.auth import middleware  # noqa: E402
from django.core.handlers.base import BaseHandler  # noqa: E402
from django.db.backends.utils import CursorWrapper  # noqa: E402
from django.http import HttpResponseBase  # noqa: E402
from django.template.base import Template  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils.module_loading import import_string  # noqa: E402

PARTS = ("middleware", "member", "view", "queries", "templates")
TIMES = 3
BAD_REQUEST = 400


class Watch:
    """Milliseconds of each part, less those of the parts it calls."""

    def __init__(self) -> None:
        self.spent: defaultdict[str, float] = defaultdict(float)
        self.times: Counter[str] = Counter()
        self._inside: list[float] = []

    def over(self, owner: Any, method: str, part: str) -> None:
        original: Callable[..., Any] = getattr(owner, method)

        @wraps(original)
        def watched(*arguments: Any, **named: Any) -> Any:
            with self._part(part):
                return original(*arguments, **named)

        setattr(owner, method, watched)

    @contextmanager
    def _part(self, part: str) -> Iterator[None]:
        started = thread_time()
        self._inside.append(0)
        try:
            yield
        finally:
            whole = 1000 * (thread_time() - started)
            self.spent[part] += whole - self._inside.pop()
            self.times[part] += 1
            if self._inside:
                self._inside[-1] += whole


def watch_everything() -> Watch:
    watch = Watch()
    watch.over(BaseHandler, "get_response", "middleware")
    watch.over(BaseHandler, "_get_response", "view")
    watch.over(CursorWrapper, "execute", "queries")
    watch.over(Template, "render", "templates")
    watch.over(import_string(f"{settings.SESSION_ENGINE}.SessionStore"), "load", "member")
    watch.over(middleware, "get_user", "member")
    return watch


def ask(client: Client, asks: Sequence[tuple[str, str]]) -> None:
    for path, cookie in asks:
        client.cookies.clear()
        if cookie:
            client.cookies.load(cookie)
        answer: HttpResponseBase = client.get(path)
        if answer.status_code >= BAD_REQUEST:
            raise RuntimeError(f"{path}: {answer.status_code}")


def table(pages: dict[str, list[tuple[str, str]]]) -> Iterator[str]:
    watch = watch_everything()
    client = Client(SERVER_NAME="127.0.0.1", headers={"X-Forwarded-Proto": "https"})
    yield f"{'ms of a request':<18}{'all':>8}" + "".join(f"{part:>12}" for part in PARTS) + f"{'statements':>12}"
    for page, asks in pages.items():
        ask(client, asks)
        watch.spent.clear()
        watch.times.clear()
        for _ in range(TIMES):
            ask(client, asks)
        count = TIMES * len(asks)
        shares = "".join(f"{watch.spent[part] / count:12.2f}" for part in PARTS)
        yield f"{page:<18}{sum(watch.spent.values()) / count:8.2f}{shares}{watch.times['queries'] / count:12.1f}"


if __name__ == "__main__":
    for line in table(json.load(sys.stdin)):
        print(line, flush=True)
