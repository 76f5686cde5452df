"""What names nothing is said to be missing, whatever it is made of."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from core.addresses import address_of, is_reference
from core.identifiers import new_reference

NOTHING = ["%00", "%F0%9F%98%80", "a%00b", "x" * 33, "A-B"]


def test_references_have_the_shape_of_addresses() -> None:
    assert is_reference(new_reference())
    assert not any(is_reference(text) for text in ("", "a\x00b", "a" * 33, "abc\n"))


@pytest.mark.parametrize(("name", "part"), [("messaging:thread", "reference"), ("pages:profile", "lea-martin-2")])
def test_an_address_written_often_is_the_one_django_finds(name: str, part: str) -> None:
    assert address_of(name, part) == reverse(name, args=[part])


@pytest.mark.django_db
@pytest.mark.parametrize("nothing", NOTHING)
@pytest.mark.parametrize("path", ["reservations/{}/", "messagerie/{}/", "salle/{}/", "factures/{}.pdf"])
def test_an_impossible_reference_is_a_missing_page(client: Client, path: str, nothing: str) -> None:
    client.force_login(User.objects.create_user("karim@example.org", "sesame-ouvre-toi"))
    assert client.get("/" + path.format(nothing)).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("nothing", ["", *NOTHING])
def test_an_impossible_mentor_is_a_missing_page(client: Client, nothing: str) -> None:
    client.force_login(User.objects.create_user("karim@example.org", "sesame-ouvre-toi"))
    # A NUL in a query is not even read.
    wanted = 400 if "%00" in nothing else 404
    assert client.get(f"{reverse('bookings:new')}?mentor={nothing}").status_code == wanted
