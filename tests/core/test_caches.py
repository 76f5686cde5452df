"""Pages of one process share their client of Valkey, which may go and come back."""

from contextvars import Context
from uuid import uuid4

from django.conf import settings
from django.core.cache import cache, caches
from redis import Redis

from core.caches import _valkey, count
from tests.services_of_its_own import kill_valkey, own_services, restart_valkey


def client_of_a_request() -> Redis:
    """Each request has its own context, and in it caches of its own."""
    client: Redis = caches["default"]._cache.get_client()  # type: ignore[attr-defined]
    return client


def test_every_request_has_the_same_client() -> None:
    first, second = (Context().run(client_of_a_request) for _ in range(2))
    assert first is second
    assert first is _valkey(settings.REDIS_URL)


def test_a_connection_that_died_is_made_anew() -> None:
    with own_services() as services:
        client = _valkey(services.environment()["REDIS_URL"])
        assert client.ping()
        kill_valkey(services)
        restart_valkey(services)
        assert client.ping()


def test_what_is_counted_ends_when_it_began_to() -> None:
    name = f"test:{uuid4()}"
    key = cache.make_key(name)
    valkey = caches["default"]._cache.get_client()  # type: ignore[attr-defined]
    assert [count(name, 60), count(name, 60)] == [1, 2]
    valkey.expire(key, 30)
    assert count(name, 60) == 3
    assert 0 < valkey.ttl(key) <= 30, "nobody prolongs his window by asking again"
    valkey.persist(key)
    assert count(name, 60) == 4
    assert valkey.ttl(key) > 30, "a count without an end would never be forgotten"
    cache.delete(name)
    assert count(name, 60) == 1
