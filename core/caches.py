"""One set of connections to Valkey for all requests of a process.

Django keeps its caches apart for each request, and the connections with them: each page opened one of its own.
"""

from functools import cache
from typing import Any

from redis import ConnectionPool


class SharedPool:
    """A `pool_class` of Django's RedisCache. The pool itself may be used by many threads, and notices a fork."""

    @staticmethod
    @cache
    def from_url(url: str, **options: Any) -> ConnectionPool:
        return ConnectionPool.from_url(url, **options)
