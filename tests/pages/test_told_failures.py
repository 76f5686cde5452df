"""The privacy policy names who is told of failures, where somebody is."""

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from tests.bookings.making import text_of


@pytest.mark.parametrize(("dsn", "is_named"), [("", False), ("https://key@sentry.example/1", True)])
def test_sentry_is_named_where_it_is_configured(
    client: Client, db: None, settings: LazySettings, dsn: str, is_named: object
) -> None:
    settings.SENTRY_DSN = dsn
    assert ("Sentry, comme sous-traitant" in text_of(client.get(reverse("pages:privacy")))) is is_named
