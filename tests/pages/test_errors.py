"""Error pages keep navigation and language, and never need what failed."""

from http import HTTPStatus

import pytest
from django.test import Client, RequestFactory

from pages.views import errors


@pytest.mark.django_db
def test_a_missing_page_keeps_the_navigation(client: Client) -> None:
    response = client.get("/nulle-part/")
    assert response.status_code == HTTPStatus.NOT_FOUND
    html = response.content.decode()
    assert "n’existe pas" in html
    assert 'aria-label="Navigation principale"' in html


@pytest.mark.django_db
def test_a_form_without_its_token_is_explained() -> None:
    response = Client(enforce_csrf_checks=True).post("/theme/", {"theme": "dark"})
    assert response.status_code == HTTPStatus.FORBIDDEN
    assert "Rechargez la page" in response.content.decode()


def test_the_page_of_an_error_needs_no_database(rf: RequestFactory) -> None:
    response = errors.server_error(rf.get("/compte/"))
    html = response.content.decode()
    assert response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert "Une erreur est survenue" in html
    assert 'href="/aide/"' in html


def test_the_reference_of_an_error_is_in_the_log(rf: RequestFactory, caplog: pytest.LogCaptureFixture) -> None:
    html = errors.server_error(rf.get("/compte/")).content.decode()
    reference = caplog.records[-1].getMessage().split()[3]
    assert reference in html
