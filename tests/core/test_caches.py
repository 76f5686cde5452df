"""Pages of one process share their connections to Valkey, which may go and come back."""

from contextvars import Context

from django.core.cache import caches
from redis import ConnectionPool, Redis

from core.caches import SharedPool
from tests.services_of_its_own import kill_valkey, own_services, restart_valkey


def pool_of_a_request() -> ConnectionPool:
    """Each request has its own context, and in it caches of its own."""
    pool: ConnectionPool = caches["default"]._cache.get_client().connection_pool  # type: ignore[attr-defined]
    return pool


def test_every_request_has_the_same_connections() -> None:
    first, second = (Context().run(pool_of_a_request) for _ in range(2))
    assert first is second


def test_a_connection_that_died_is_made_anew() -> None:
    with own_services() as services:
        client = Redis(connection_pool=SharedPool.from_url(services.environment()["REDIS_URL"]))
        assert client.ping()
        kill_valkey(services)
        restart_valkey(services)
        assert client.ping()
