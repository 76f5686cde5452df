"""The team reads the books and writes nothing in them."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from billing.models import Hold, Invoice, LedgerAccount, LedgerTransaction, Payout, Settlement
from billing.services.holds import place_hold
from billing.services.settlements import settle
from tests.billing.money import make_member, make_mentor, make_terms, pay_in

pytestmark = pytest.mark.django_db
MODELS = ["ledgertransaction", "ledgeraccount", "hold", "settlement", "payout", "invoice"]


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("equipe@example.org"))
    return client


@pytest.fixture
def rows() -> dict[str, int]:
    learner, mentor = make_member(), make_mentor()
    pay_in(learner, 6_000)
    place_hold(learner=learner, reference="booking:a", amount_cents=6_000)
    settle(terms=make_terms("booking:a", learner, mentor))
    classes = (LedgerTransaction, LedgerAccount, Hold, Settlement, Payout, Invoice)
    return {model._meta.model_name or "": model.objects.values_list("pk", flat=True)[0] for model in classes}


@pytest.mark.parametrize("model", MODELS)
def test_staff_read_lists_and_rows(staff: Client, rows: dict[str, int], model: str) -> None:
    assert staff.get(reverse(f"admin:billing_{model}_changelist"), {"q": "a"}).status_code == 200
    page = staff.get(reverse(f"admin:billing_{model}_change", args=[rows[model]]))
    assert page.status_code == 200
    assert 'name="_save"' not in page.content.decode()


@pytest.mark.parametrize("model", MODELS)
def test_staff_neither_add_nor_change_nor_delete(staff: Client, rows: dict[str, int], model: str) -> None:
    assert staff.get(reverse(f"admin:billing_{model}_add")).status_code == 403
    assert staff.post(reverse(f"admin:billing_{model}_change", args=[rows[model]]), {}).status_code == 403
    assert staff.post(reverse(f"admin:billing_{model}_delete", args=[rows[model]]), {"post": "yes"}).status_code == 403


def test_a_member_does_not_see_the_books(rows: dict[str, int]) -> None:
    client = Client()
    client.force_login(make_member())
    assert client.get(reverse("admin:billing_ledgertransaction_changelist")).status_code == 302
