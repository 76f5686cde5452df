"""What the team does to payouts, invoices and events: with a permission and a reason, once, and traced."""

from typing import Any

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from billing.models import Invoice, Payout, PayoutSuspension, StripeEvent
from billing.services.suspensions import suspend
from billing.states import PayoutStatus
from core import clock
from tests.billing.money import make_member
from tests.billing.staff import (
    CHANGE,
    PDF,
    REASON,
    REFERENCE,
    as_user,
    everything,
    make_staff,
    page_of,
    payout,
    staff_client,
)

__all__ = ["everything", "payout"]

pytestmark = pytest.mark.django_db


ACTIONS = [
    ("payout", "suspension", "change_payout"),
    ("payout", "levee", "change_payout"),
    ("payout", "relance", "change_payout"),
    ("invoice", "fichier", "change_invoice"),
    ("stripeevent", "nouvel-essai", "change_stripeevent"),
    ("stripeevent", "classement", "change_stripeevent"),
    ("correction", "accord", "approve_correction"),
    ("correction", "refus", "approve_correction"),
]


class TestActions:
    @pytest.mark.parametrize(("model", "verb", "permission"), ACTIONS)
    def test_an_action_asks_for_its_permission_and_a_reason(
        self, everything: dict[str, int], model: str, verb: str, permission: str
    ) -> None:
        address = reverse(f"admin:billing_{model}_{verb}", args=[everything[model]])
        traces = AuditEntry.objects.count()
        for user, status in ((make_staff(f"view_{model}"), 403), (make_member(), 302), (None, 302)):
            assert as_user(user).get(address).status_code == status
            assert as_user(user).post(address, {"reason": REASON}).status_code == status
        client = staff_client(f"view_{model}", permission)
        page_of(client.get(address))
        assert "Donnez la raison" in page_of(client.post(address, {"reason": "  "}))
        assert client.put(address).status_code == 405
        assert client.get(reverse(f"admin:billing_{model}_{verb}", args=[10**9])).status_code == 404
        assert AuditEntry.objects.count() == traces

    def test_a_payout_is_suspended_then_let_go(self, payout: Payout) -> None:
        staff = make_staff("view_payout", "change_payout")
        client = as_user(staff)
        suspension = reverse("admin:billing_payout_suspension", args=[payout.pk])
        detail = reverse(CHANGE.format("payout"), args=[payout.pk])
        assert suspension in page_of(client.get(detail))
        for _ in range(2):
            assert client.post(suspension, {"reason": REASON}).status_code == 302
        payout.refresh_from_db()
        assert payout.status == PayoutStatus.SUSPENDED
        assert PayoutSuspension.objects.get().cause == f"staff:{staff.pk}"
        page = page_of(client.get(detail))
        assert "Retenu par l’équipe (Sylvie Équipe)" in page
        assert suspension not in page
        lift = reverse("admin:billing_payout_levee", args=[payout.pk])
        assert lift in page
        # Whoever of the team lifts it.
        other = staff_client("view_payout", "change_payout")
        assert other.post(lift, {"reason": REASON}).status_code == 302
        payout.refresh_from_db()
        assert payout.status == PayoutStatus.SCHEDULED
        assert "ne retient plus" in page_of(other.post(lift, {"reason": REASON}))
        actions = AuditEntry.objects.order_by("pk").values_list("action", "reference", "reason")
        assert set(actions) == {
            ("billing.payout_suspended", f"payout:{payout.reference}", REASON),
            ("billing.payout_released", f"payout:{payout.reference}", REASON),
        }

    def test_the_team_does_not_lift_what_a_complaint_holds_back(self, payout: Payout) -> None:
        suspend(reference=REFERENCE, cause="complaint:7")
        client = staff_client("view_payout", "change_payout")
        lift = reverse("admin:billing_payout_levee", args=[payout.pk])
        assert lift not in page_of(client.get(reverse(CHANGE.format("payout"), args=[payout.pk])))
        assert "ne retient plus" in page_of(client.post(lift, {"reason": REASON}))
        payout.refresh_from_db()
        assert payout.status == PayoutStatus.SUSPENDED

    def test_a_payout_that_is_leaving_is_not_suspended_and_the_reason_stays_typed(self, payout: Payout) -> None:
        Payout.objects.update(status=PayoutStatus.IN_FLIGHT, claimed_at=clock.now())
        client = staff_client("view_payout", "change_payout")
        address = reverse("admin:billing_payout_suspension", args=[payout.pk])
        page = page_of(client.post(address, {"reason": REASON}))
        assert "ne peut plus être retenu" in page
        assert REASON in page
        assert not AuditEntry.objects.exists()
        assert not PayoutSuspension.objects.exists()

    def test_a_failed_payout_is_sent_again(self, payout: Payout) -> None:
        client = staff_client("view_payout", "change_payout")
        address = reverse("admin:billing_payout_relance", args=[payout.pk])
        assert "ne peut pas être relancé" in page_of(client.post(address, {"reason": REASON}))
        Payout.objects.update(status=PayoutStatus.FAILED, attempts=4)
        assert client.post(address, {"reason": REASON}).status_code == 302
        payout.refresh_from_db()
        assert (payout.status, payout.attempts) == (PayoutStatus.SCHEDULED, 0)
        assert AuditEntry.objects.get().action == "billing.payout_retried"

    def test_a_given_up_event_is_due_again(self, everything: dict[str, int]) -> None:
        client = staff_client("view_stripeevent", "change_stripeevent")
        address = reverse("admin:billing_stripeevent_nouvel-essai", args=[everything["stripeevent"]])
        assert client.post(address, {"reason": REASON}).status_code == 302
        event = StripeEvent.objects.get()
        assert event.next_attempt_at is not None
        assert "rien à relancer" in page_of(client.post(address, {"reason": REASON}))
        assert AuditEntry.objects.filter(action="billing.event_retried").count() == 1

    def test_an_event_of_no_use_is_put_away(self, everything: dict[str, int]) -> None:
        client = staff_client("view_stripeevent", "change_stripeevent")
        address = reverse("admin:billing_stripeevent_classement", args=[everything["stripeevent"]])
        assert address in page_of(client.get(reverse(CHANGE.format("stripeevent"), args=[everything["stripeevent"]])))
        assert client.post(address, {"reason": REASON}).status_code == 302
        assert StripeEvent.objects.get().handled_at is not None
        assert "rien à relancer" in page_of(client.post(address, {"reason": REASON}))

    def test_the_file_of_an_invoice_is_made_again_once(self, payout: Payout, monkeypatch: pytest.MonkeyPatch) -> None:
        client = staff_client("view_invoice", "change_invoice")
        invoice = Invoice.objects.get()
        address = reverse("admin:billing_invoice_fichier", args=[invoice.pk])
        monkeypatch.setattr("billing.services.invoices.RENDERER", f"{__name__}.{draws_badly.__name__}")
        page = page_of(client.post(address, {"reason": REASON}))
        assert "n’a pas pu être produit" in page
        assert REASON in page
        monkeypatch.setattr("billing.services.invoices.RENDERER", f"{__name__}.{draws.__name__}")
        assert client.post(address, {"reason": REASON}).status_code == 302
        invoice.refresh_from_db()
        assert bytes(invoice.pdf or b"") == PDF
        assert AuditEntry.objects.get().action == "billing.invoice_retried"
        assert "rien à relancer" in page_of(client.post(address, {"reason": REASON}))


def draws(_content: dict[str, Any]) -> bytes:
    return PDF


def draws_badly(_content: dict[str, Any]) -> bytes:
    raise OSError("no fonts")
