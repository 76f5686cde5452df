"""One set of connections to Valkey for all requests of a process.

Django keeps its caches apart for each request, and the connections with them: each page opened one of its own.
"""

from functools import cache
from typing import Any

from django.conf import settings
from django.core.cache import cache as kept
from redis import ConnectionPool, Redis


class SharedPool:
    """A `pool_class` of Django's RedisCache. The pool itself may be used by many threads, and notices a fork."""

    @staticmethod
    def from_url(url: str, **_options: Any) -> ConnectionPool:
        """Of what Django says beside the address nothing differs from what redis-py does anyway."""
        return _pool(url)


@cache
def _pool(url: str) -> ConnectionPool:
    return ConnectionPool.from_url(url)


@cache
def _valkey(url: str) -> Redis:
    return Redis(connection_pool=_pool(url))


def count(name: str, seconds: int) -> int:
    """One more, in one exchange with Valkey; how many since the first, which is forgotten after `seconds`."""
    key = kept.make_key(name)
    line = _valkey(settings.REDIS_URL).pipeline(transaction=False)
    line.incr(key)
    # Where no end is set yet: at the first, also when the former window ended in between.
    line.expire(key, seconds, nx=True)
    number, _ = line.execute()
    return int(number)
