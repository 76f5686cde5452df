"""Signed-in people without their passwords."""

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils.crypto import get_random_string

from accounts.models import User
from core import clock

COOKIE = settings.SESSION_COOKIE_NAME


def sign_in(people: Iterable[User]) -> dict[int, str]:
    """The cookie of each person."""
    store = SessionStore()
    rows = {
        person.pk: Session(
            session_key=get_random_string(32, "abcdefghijklmnopqrstuvwxyz0123456789"),
            session_data=store.encode(
                {
                    SESSION_KEY: str(person.pk),
                    BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
                    HASH_SESSION_KEY: person.get_session_auth_hash(),
                }
            ),
            expire_date=clock.now() + timedelta(days=1),
        )
        for person in people
    }
    Session.objects.bulk_create(rows.values())
    return {pk: f"{COOKIE}={row.session_key}" for pk, row in rows.items()}
