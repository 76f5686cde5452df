"""What a session says when its database goes away: a failure of ours, not a bad request of the member's."""

import pytest
from django.db import OperationalError, connection
from django.test import Client

from accounts.sessions import SessionStore
from tests import people
from tests.databases import cloned_database

__all__ = ["cloned_database"]


@pytest.mark.usefixtures("cloned_database")
def test_a_database_that_went_away_is_no_fault_of_the_member(client: Client) -> None:
    client.force_login(people.member("Léa", "Martin"))
    kept = SessionStore(client.session.session_key)
    kept["seen"] = True
    with pytest.raises(OperationalError), connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    with pytest.raises(OperationalError):
        kept.save()
    connection.close()
    kept.save()
    assert SessionStore(kept.session_key)["seen"] is True
