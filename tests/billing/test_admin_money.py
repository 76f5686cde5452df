"""The team's screens of the money: who may do what, with which words, and what is left of it in the trace."""

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from billing.gateway import UnknownOutcome
from billing.ledger import credit, debit, post
from billing.ledger.accounts import STRIPE, AccountSpec, available
from billing.models import (
    Adjustment,
    ConnectedAccount,
    Correction,
    Dispute,
    Invoice,
    LedgerAccount,
    LedgerTransaction,
    Payout,
    PayoutPart,
    PayoutSuspension,
    Refund,
    Settlement,
    StripeEvent,
    StripeImport,
    StripeMovement,
    TopUp,
    TransferReversal,
)
from billing.services.adjustments import adjust
from billing.services.corrections import Proposal, propose
from billing.services.holds import place_hold
from billing.services.settlements import settle
from billing.services.suspensions import suspend
from billing.states import CorrectionKind, CorrectionStatus, DisputeStatus, PayoutStatus, RefundStatus
from core import clock, references
from stripe_sandbox import Sandbox
from tests.billing.earned import earn
from tests.billing.money import credit_left, make_member, make_mentor, make_terms, pay_in

pytestmark = pytest.mark.django_db

REASON = "Vu avec la comptable au téléphone."
REFERENCE = "booking:a"
PDF = b"%PDF-1.7"
CHANGELIST, CHANGE = "admin:billing_{}_changelist", "admin:billing_{}_change"


def make_staff(*permissions: str, first_name: str = "Sylvie") -> User:
    staff = make_member(first_name, "Équipe")
    staff.is_staff = True
    staff.save(update_fields=["is_staff"])
    staff.user_permissions.set(Permission.objects.filter(content_type__app_label="billing", codename__in=permissions))
    return staff


def as_user(user: User | None) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


def staff_client(*permissions: str) -> Client:
    return as_user(make_staff(*permissions))


def page_of(response: Any) -> str:
    assert response.status_code == 200
    text: str = response.content.decode()
    return text


def make_files() -> None:
    Invoice.objects.update(pdf=PDF, pdf_sha256=sha256(PDF).hexdigest(), rendered_at=clock.now())


@pytest.fixture
def payout() -> Payout:
    """One hour sold and settled, not sent yet."""
    learner, mentor = make_member(), make_mentor()
    pay_in(learner, 6_000, at=clock.now())
    place_hold(learner=learner, reference=REFERENCE, amount_cents=6_000)
    settle(terms=make_terms(REFERENCE, learner, mentor))
    return Payout.objects.get()


@pytest.fixture
def everything(payout: Payout) -> dict[str, int]:
    """One row of each list, and its number."""
    now = clock.now()
    adjust(reference="complaint:1", subject=REFERENCE, amount_cents=600, reason="Son coupé.")
    top_up = TopUp.objects.get()
    rows = [
        payout,
        top_up,
        Invoice.objects.earliest("pk"),
        LedgerTransaction.objects.earliest("pk"),
        LedgerAccount.objects.get(code="stripe"),
        Settlement.objects.get(),
        Adjustment.objects.get(),
        ConnectedAccount.objects.create(user=payout.mentor, stripe_id="acct_1", requirements_due=["iban"]),
        Refund.objects.create(
            user=top_up.user,
            top_up=top_up,
            amount_cents=100,
            status=RefundStatus.FAILED,
            requested_at=now,
            next_attempt_at=now,
            last_error="expired_or_canceled_card",
        ),
        Dispute.objects.create(
            stripe_id="dp_1",
            top_up=top_up,
            amount_cents=6_000,
            status=DisputeStatus.OPEN,
            reason="product_not_received",
            opened_at=now,
        ),
        StripeEvent.objects.create(
            event_id="evt_1", type="charge.refunded", payload={}, received_at=now, handled_at=None, next_attempt_at=None
        ),
        StripeMovement.objects.create(
            stripe_id="txn_1", kind="charge", amount_cents=6_000, fee_cents=115, source="ch_1", created_at=now
        ),
        StripeImport.objects.create(until=now, finished_at=now, movements=1),
        TransferReversal.objects.create(
            part=payout.parts.get(), amount_cents=480, cause="complaint:1", next_attempt_at=now, created_at=now
        ),
        propose(by=make_staff(), proposal=Proposal(CorrectionKind.GOODWILL, 500, REASON, top_up.user)),
    ]
    return {row._meta.model_name or "": row.pk for row in rows}


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


FORM = {
    "kind": CorrectionKind.GOODWILL.value,
    "member": "",
    "amount": "12,50",
    "debit_code": "",
    "credit_code": "",
    "reason": REASON,
    "reference": "abcdefgh23456789",
}


class TestCorrections:
    ADD = "admin:billing_correction_add"

    @pytest.fixture(autouse=True)
    def _funds(self) -> None:
        legs = [debit(STRIPE, 50_000), credit(AccountSpec("bank"), 50_000)]
        post(key="bank:1", kind="bank", legs=legs, occurred_at=timezone.now())

    def test_one_proposes_another_reads_the_balances_and_approves(self) -> None:
        learner = make_member()
        proposer = as_user(make_staff("view_correction", "add_correction", "approve_correction"))
        page_of(proposer.get(reverse(self.ADD)))
        for _ in range(2):
            sent = proposer.post(reverse(self.ADD), FORM | {"member": learner.email.upper()})
        correction = Correction.objects.get()
        address = reverse(CHANGE.format("correction"), args=[correction.pk])
        accord = reverse("admin:billing_correction_accord", args=[correction.pk])
        assert sent.headers["Location"] == address
        assert accord not in page_of(proposer.get(address))
        assert "une autre personne que celle" in page_of(proposer.post(accord, {"reason": "Oui, d’accord."}))

        approver = staff_client("view_correction", "approve_correction")
        assert correction.reference in page_of(approver.get(reverse(CHANGELIST.format("correction"))))
        assert accord in page_of(approver.get(address))
        shown = page_of(approver.get(accord))
        for words in ("Crédit disponible", "Gestes commerciaux", "12,50\xa0€", "Léa Martin", REASON):
            assert words in shown
        for _ in range(2):
            assert approver.post(accord, {"reason": "Vu."}).status_code == 302
        assert credit_left(learner) == 1_250
        correction.refresh_from_db()
        assert (correction.status, correction.decision_note) == (CorrectionStatus.APPROVED, "Vu.")
        assert correction.reference not in page_of(approver.get(reverse(CHANGELIST.format("correction"))))

    def test_a_refusal_posts_nothing(self) -> None:
        learner = make_member()
        correction = propose(by=make_staff(), proposal=Proposal(CorrectionKind.GOODWILL, 500, REASON, learner))
        client = staff_client("view_correction", "approve_correction")
        refusal = reverse("admin:billing_correction_refus", args=[correction.pk])
        assert client.post(refusal, {"reason": "Déjà fait."}).status_code == 302
        accord = reverse("admin:billing_correction_accord", args=[correction.pk])
        assert "a changé entre-temps" in page_of(client.post(accord, {"reason": "Si, si."}))
        assert credit_left(learner) == 0

    def test_who_may_not_propose_gets_no_form(self) -> None:
        for user, status in ((make_staff("view_correction"), 403), (make_member(), 302), (None, 302)):
            assert as_user(user).get(reverse(self.ADD)).status_code == status
            assert as_user(user).post(reverse(self.ADD), FORM).status_code == status

    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            ({"amount": "douze"}, "Écrivez un nombre"),
            ({"amount": "-5"}, "0,01"),
            ({"amount": "0,005"}, "2"),
            ({"amount": "1000000"}, "au plus"),
            ({"member": "personne@example.org"}, "Aucun membre n’a cette adresse."),
            ({"member": "pas une adresse"}, "Aucun membre"),
            ({"kind": "don"}, "choix"),
            ({"kind": "forgive_learner"}, "ne doit que 0,00\xa0€"),
            ({"kind": "platform"}, "ne concerne aucun membre"),
            ({"kind": "platform", "member": ""}, "Choisissez un compte à débiter"),
            ({"kind": "platform", "member": "", "debit_code": "bank", "credit_code": "bank"}, "différents"),
            ({"member": ""}, "concerne un membre"),
            ({"reason": "Trop peu"}, "10"),
            ({"reference": "x"}, ""),
        ],
    )
    def test_bad_input_is_said_and_what_was_typed_stays(self, typed: dict[str, str], words: str) -> None:
        learner = make_member()
        data = FORM | {"member": learner.email} | typed
        page = page_of(staff_client("view_correction", "add_correction").post(reverse(self.ADD), data))
        assert words in page
        assert data["reason"] in page
        assert data["amount"] in page
        assert not Correction.objects.exists()


class TestReconciliation:
    PAGE = "admin:billing_reconciliation"

    def test_the_page_shows_each_check_the_totals_and_the_proof(self, payout: Payout) -> None:
        client = staff_client("view_ledgertransaction")
        answer = client.get(reverse(self.PAGE))
        page = page_of(answer)
        assert "Différence 0,00\xa0€" in page.replace("\n", " ")
        assert "Stripe n’a jamais été lu." in page
        assert "Relire Stripe maintenant" not in page
        totals = answer.context["totals"]
        assert totals["debit_cents"] == totals["credit_cents"] == 18_000
        assert {row.code: row.balance_cents for row in totals["rows"]} == {
            "stripe": 6_000,
            "mentor.pending": 4_800,
            "learner.available": 0,
            "learner.held": 0,
            "revenue.commission": 1_000,
            "vat.collected": 200,
        }

    def test_a_fault_is_told_in_words(self, payout: Payout) -> None:
        PayoutPart.objects.update(amount_cents=4_700)
        page = page_of(staff_client("view_ledgertransaction").get(reverse(self.PAGE)))
        assert "trouvent une erreur" in page
        for words in ("Inès Haddad", "48,00\xa0€", "47,00\xa0€", payout.reference):
            assert words in page

    def test_stripe_is_read_on_demand(self, sandbox: Sandbox) -> None:
        earn(sandbox, make_mentor())
        client = staff_client("view_ledgertransaction", "add_stripeimport")
        assert "Relire Stripe maintenant" in page_of(client.get(reverse(self.PAGE)))
        assert client.post(reverse(self.PAGE)).headers["Location"] == reverse(self.PAGE)
        page = page_of(client.get(reverse(self.PAGE)))
        assert "Stripe a été relu" in page
        assert "Lu jusqu’au" in page
        assert StripeMovement.objects.exists()
        assert AuditEntry.objects.get().action == "billing.stripe_read"

    def test_a_stripe_that_does_not_answer_is_said(self, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("billing.admin.pages.movements.read_movements", _no_answer)
        client = staff_client("view_ledgertransaction", "add_stripeimport")
        assert "Stripe ne répond pas" in page_of(client.post(reverse(self.PAGE), follow=True))
        assert not AuditEntry.objects.exists()

    def test_only_who_may_sees_or_reads(self) -> None:
        for user, status in ((make_staff("view_payout"), 403), (make_member(), 302), (None, 302)):
            assert as_user(user).get(reverse(self.PAGE)).status_code == status
            assert as_user(user).post(reverse(self.PAGE)).status_code == status
        reader = staff_client("view_ledgertransaction")
        assert reader.post(reverse(self.PAGE)).status_code == 403
        assert reader.put(reverse(self.PAGE)).status_code == 405
        assert not StripeImport.objects.exists()

    def test_the_home_page_and_the_index_of_billing_lead_there(self) -> None:
        for index in (reverse("admin:app_list", args=["billing"]), reverse("admin:index")):
            assert page_of(staff_client("view_ledgertransaction").get(index)).count(reverse(self.PAGE)) == 1
            other = page_of(staff_client("view_payout").get(index))
            assert reverse(self.PAGE) not in other
            assert reverse(TestExports.PAGE) not in other


def _no_answer() -> None:
    raise UnknownOutcome("timeout")


class TestExports:
    PAGE = "admin:billing_exports"

    @pytest.mark.parametrize(
        ("data", "name", "words"),
        [
            (
                {"export": "e-reporting", "e-reporting-month": "{month}", "e-reporting-mentor": ""},
                "e-reporting-{year}-{month:02d}.csv",
                "Inès Haddad EI",
            ),
            ({"export": "dac7"}, "dac7-{year}.csv", "14 rue des Tilleuls"),
            ({"export": "fec"}, "732829320FEC{year}1231.txt", "settle:booking:a"),
        ],
    )
    def test_a_file_is_downloaded_and_noted(self, payout: Payout, data: dict[str, str], name: str, words: str) -> None:
        today = timezone.localtime(clock.now())
        sent = {key: value.format(month=today.month) for key, value in data.items()}
        sent[f"{data['export']}-year"] = str(today.year)
        answer = staff_client("export_books").post(reverse(self.PAGE), sent)
        wanted = name.format(year=today.year, month=today.month)
        assert answer["Content-Disposition"] == f'attachment; filename="{wanted}"'
        assert words in b"".join(answer).decode()
        assert AuditEntry.objects.get().reference == f"export:{wanted}"

    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            ({"year": "2025"}, "rien avant 2026"),
            ({"year": "3000"}, "pas commencé"),
            ({"year": "an"}, "entier"),
            ({"month": "13"}, "12"),
            ({"month": ""}, "obligatoire"),
            ({"mentor": "personne@example.org"}, "Aucun membre"),
        ],
    )
    def test_bad_input_is_said_and_what_was_typed_stays(self, typed: dict[str, str], words: str) -> None:
        data = {"year": "2026", "month": "11", "mentor": ""} | typed
        sent = {f"e-reporting-{name}": value for name, value in data.items()} | {"export": "e-reporting"}
        page = page_of(staff_client("export_books").post(reverse(self.PAGE), sent))
        assert words in page
        assert all(f'value="{value}"' in page for value in data.values() if value)
        assert not AuditEntry.objects.exists()

    def test_only_who_may_exports(self) -> None:
        for user, status in ((make_staff("view_ledgertransaction"), 403), (make_member(), 302), (None, 302)):
            assert as_user(user).get(reverse(self.PAGE)).status_code == status
            assert as_user(user).post(reverse(self.PAGE), {"export": "fec"}).status_code == status
        client = staff_client("export_books")
        page_of(client.get(reverse(self.PAGE)))
        page_of(client.post(reverse(self.PAGE), {"export": "autre"}))
        assert client.delete(reverse(self.PAGE)).status_code == 405
