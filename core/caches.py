"""One client of Valkey, with its connections, for all requests of a process.

Django keeps its caches apart for each request, and the connections with them: each page opened one of its own. It also
makes a client anew for each value it asks for, which costs more than the asking.
"""

from functools import cache
from typing import Any

from django.conf import settings
from django.core.cache import cache as kept
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis import Redis


@cache
def _valkey(url: str) -> Redis:
    """May be used by many threads, and notices a fork."""
    return Redis.from_url(url)


class _Client(RedisCacheClient):
    def __init__(self, servers: list[str], **options: Any) -> None:
        super().__init__(servers, **options)
        [self._server] = servers

    def get_client(self, key: Any = None, *, write: bool = False) -> Redis:
        del key, write
        return _valkey(self._server)


class ValkeyCache(RedisCache):
    """Django's, of one server, with the client of the process."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _Client


def count(name: str, seconds: int) -> int:
    """One more, in one exchange with Valkey; how many since the first, which is forgotten after `seconds`."""
    key = kept.make_key(name)
    line = _valkey(settings.REDIS_URL).pipeline(transaction=False)
    line.incr(key)
    # Where no end is set yet: at the first, also when the former window ended in between.
    line.expire(key, seconds, nx=True)
    number, _ = line.execute()
    return int(number)
