"""The team's lists of the money: who may read which, what is found in them, and that reading writes nothing."""

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from accounts.models import User
from billing.ledger import credit, debit, post
from billing.ledger.accounts import STRIPE, available
from billing.models import Invoice, LedgerAccount, Payout, StripeEvent, StripeMovement
from billing.services.holds import place_hold
from billing.services.settlements import settle
from billing.states import PayoutStatus
from core import clock, references
from tests.billing.money import make_member, make_mentor, make_terms, pay_in
from tests.billing.staff import (
    CHANGE,
    CHANGELIST,
    PDF,
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


MODELS = [
    "payout",
    "topup",
    "invoice",
    "ledgertransaction",
    "ledgeraccount",
    "settlement",
    "adjustment",
    "connectedaccount",
    "refund",
    "dispute",
    "stripeevent",
    "stripemovement",
    "stripeimport",
    "transferreversal",
    "correction",
]


class TestReading:
    @pytest.mark.parametrize("model", MODELS)
    def test_who_may_see_reads_the_list_and_a_row_and_writes_nothing(
        self, everything: dict[str, int], model: str
    ) -> None:
        client = staff_client(f"view_{model}")
        address = reverse(CHANGE.format(model), args=[everything[model]])
        assert client.get(reverse(CHANGELIST.format(model)), {"q": "a"}).status_code == 200
        assert 'name="_save"' not in page_of(client.get(address))
        assert client.post(address, {}).status_code == 403
        assert client.post(reverse(f"admin:billing_{model}_delete", args=[everything[model]])).status_code == 403
        assert client.get(reverse(f"admin:billing_{model}_add")).status_code == 403

    @pytest.mark.parametrize("model", MODELS)
    def test_without_the_permission_nothing_is_seen(self, everything: dict[str, int], model: str) -> None:
        address = reverse(CHANGE.format(model), args=[everything[model]])
        for user, status in ((make_staff(), 403), (make_member(), 302), (None, 302)):
            assert as_user(user).get(reverse(CHANGELIST.format(model))).status_code == status
            assert as_user(user).get(address).status_code == status

    def test_a_list_asks_the_database_for_the_same_number_of_queries_whatever_it_shows(
        self, everything: dict[str, int], django_assert_max_num_queries: Callable[..., object]
    ) -> None:
        client = as_user(User.objects.create_superuser("equipe@example.org"))
        learner, mentor = make_member(), make_mentor()
        for number in range(6):
            pay_in(learner, 6_000)
            place_hold(learner=learner, reference=f"booking:b{number}", amount_cents=6_000)
            settle(terms=make_terms(f"booking:b{number}", learner, mentor))
        for model in MODELS:
            with django_assert_max_num_queries(9):  # type: ignore[attr-defined]  # a context manager
                assert client.get(reverse(CHANGELIST.format(model)), {"etat": "tous"}).status_code in {200, 302}

    def test_payouts_are_found_by_what_is_wrong_with_them(self, payout: Payout) -> None:
        client, now = staff_client("view_payout"), clock.now()

        def found(state: str) -> bool:
            return payout.reference in page_of(client.get(reverse(CHANGELIST.format("payout")), {"etat": state}))

        assert (found("prevus"), found("en-retard"), found("en-doute")) == (True, False, False)
        Payout.objects.update(due_at=now - timedelta(hours=25))
        assert found("en-retard")
        Payout.objects.update(status=PayoutStatus.IN_FLIGHT, claimed_at=now - timedelta(minutes=61))
        assert (found("en-doute"), found("en-cours"), found("prevus")) == (True, True, False)
        Payout.objects.update(
            status=PayoutStatus.FAILED, last_error="balance_insufficient: You have insufficient funds"
        )
        assert found("echoues")
        assert "La balance de la plateforme chez Stripe ne suffit pas." in page_of(
            client.get(reverse(CHANGELIST.format("payout")))
        )

    def test_a_dispute_shows_what_answers_the_bank(self, everything: dict[str, int]) -> None:
        client = as_user(User.objects.create_superuser("equipe@example.org"))
        page = page_of(client.get(reverse(CHANGE.format("dispute"), args=[everything["dispute"]])))
        assert "service non reçu" in page
        for model in ("settlement", "invoice", "payout", "topup"):
            assert reverse(CHANGE.format(model), args=[everything[model]]) in page

    @pytest.mark.parametrize("model", ["payout", "dispute"])
    def test_the_proof_of_the_session_is_linked_for_who_may_read_it(
        self, everything: dict[str, int], model: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # The room, which registers itself, has none for a settlement made here by hand.
        found = references.Described("Analyse de données", "/releve-de-la-session/")
        monkeypatch.setitem(references._describers, "proof", lambda subject: found if subject == REFERENCE else None)
        address = reverse(CHANGE.format(model), args=[everything[model]])
        member = make_staff(f"view_{model}")
        assert "relevé" not in page_of(as_user(member).get(address))
        member.user_permissions.add(Permission.objects.get(codename="view_videosession"))
        assert '<a href="/releve-de-la-session/">Analyse de données</a>' in page_of(as_user(member).get(address))

    def test_an_account_shows_its_entries_with_the_balance_after_each(self, payout: Payout) -> None:
        client = staff_client("view_ledgeraccount")
        learner = payout.settlement.learner
        account = LedgerAccount.objects.get(code="learner.available", owner=learner)
        for number in range(60):
            legs = [debit(STRIPE, 100), credit(available(learner), 100)]
            post(key=f"more:{number}", kind="topup", legs=legs, occurred_at=clock.now())
        first = client.get(reverse(CHANGE.format("ledgeraccount"), args=[account.pk]))
        lines = first.context["lines"]
        assert [lines[0].balance, lines[1].balance, lines[49].balance] == ["60,00\xa0€", "59,00\xa0€", "11,00\xa0€"]
        older = client.get(first.request["PATH_INFO"], {"avant": first.context["older"]}).context["lines"]
        assert [line.balance for line in older] == [f"{euros},00\xa0€" for euros in range(10, 0, -1)] + [
            "0,00\xa0€",
            "60,00\xa0€",
        ]
        shared = LedgerAccount.objects.get(code="stripe")
        page = page_of(client.get(reverse(CHANGE.format("ledgeraccount"), args=[shared.pk])))
        assert "120,00\xa0€" in page
        assert client.get(first.request["PATH_INFO"], {"avant": "x'"}).status_code == 200

    def test_the_ledger_is_searched_by_key_and_by_reference(self, payout: Payout) -> None:
        client = staff_client("view_ledgertransaction")
        address = reverse(CHANGELIST.format("ledgertransaction"))
        for words, keys in (
            ("settle:booking:a", {"settle:booking:a"}),
            ("booking:a", {"hold:booking:a:1", "settle:booking:a"}),
            ("a", {"hold:booking:a:1", "settle:booking:a"}),
            ("zzz", set()),
        ):
            found = client.get(address, {"q": words}).context["cl"].queryset
            assert {row.key for row in found} == keys

    def test_queues_open_on_what_waits(self, everything: dict[str, int]) -> None:
        client = as_user(User.objects.create_superuser("equipe@example.org"))
        now = clock.now()
        StripeEvent.objects.create(
            event_id="evt_done", type="x", payload={}, received_at=now, handled_at=now, next_attempt_at=None
        )
        StripeEvent.objects.create(
            event_id="evt_later", type="x", payload={}, received_at=now, handled_at=None, next_attempt_at=now
        )
        StripeMovement.objects.create(
            stripe_id="txn_known", kind="charge", amount_cents=1, created_at=now, ledger_key="topup:x"
        )
        for model, shown in (("stripeevent", ["evt_1", "evt_later"]), ("stripemovement", ["txn_1"])):
            rows = client.get(reverse(CHANGELIST.format(model))).context["cl"].result_list
            assert [str(getattr(row, "event_id", None) or row.stripe_id) for row in rows] == shown

    def test_the_pdf_is_for_who_sees_invoices(self, payout: Payout) -> None:
        invoice = Invoice.objects.get()
        address = reverse("admin:billing_invoice_pdf", args=[invoice.pk])
        assert staff_client("view_invoice").get(address).status_code == 404
        Invoice.objects.filter(pk=invoice.pk).update(
            pdf=PDF, pdf_sha256=sha256(PDF).hexdigest(), rendered_at=clock.now()
        )
        answer = staff_client("view_invoice").get(address)
        assert (answer.content, answer["Content-Type"]) == (PDF, "application/pdf")
        assert staff_client("view_invoice").post(address).status_code == 405
        for user, status in ((make_staff("view_payout"), 403), (make_member(), 302), (None, 302)):
            assert as_user(user).get(address).status_code == status
