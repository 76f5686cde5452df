"""Corrections on the team's screens: one proposes, another approves, and mistakes are said in words."""

import pytest
from django.urls import reverse
from django.utils import timezone

from billing.ledger import credit, debit, post
from billing.ledger.accounts import STRIPE, AccountSpec
from billing.models import Correction
from billing.services.corrections import Proposal, propose
from billing.states import CorrectionKind, CorrectionStatus
from tests.billing.money import credit_left, make_member
from tests.billing.staff import CHANGE, CHANGELIST, REASON, as_user, make_staff, page_of, staff_client

pytestmark = pytest.mark.django_db


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
        assert "une autre personne de l’équipe décide" in page_of(proposer.get(address))
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
