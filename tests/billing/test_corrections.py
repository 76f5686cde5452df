"""Compensating entries: two people, balances that allow it, and a ledger that stays right."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import AuditEntry, User
from billing.errors import NotPossible, SamePerson
from billing.ledger import AccountSpec, balance, credit, debit, post
from billing.ledger.accounts import STRIPE, pending, receivable, recoverable
from billing.models import Correction, LedgerTransaction, Payout, PayoutPart, TopUp, TransferReversal
from billing.reconciliation import run_checks
from billing.services import corrections
from billing.services.corrections import Proposal, approve, effects, propose, refuse
from billing.services.holds import place_hold
from billing.services.settlements import settle
from billing.states import CorrectionKind, CorrectionStatus, TopUpOrigin
from core.errors import IllegalMove
from tests.billing.money import NOON, credit_left, make_member, make_mentor, make_terms, pay_in
from tests.databases import in_threads

REASON = "Session interrompue par une panne."
BANK = AccountSpec("bank")
BAD_DEBT = AccountSpec("expense.bad_debt")


def make_staff(first_name: str = "Sylvie") -> User:
    staff = make_member(first_name, "Équipe")
    staff.is_staff = True
    staff.save(update_fields=["is_staff"])
    return staff


def platform_funds(cents: int) -> None:
    """The platform's own euros at Stripe, without which it can give nothing away."""
    post(key=f"bank:{cents}", kind="bank", legs=[debit(STRIPE, cents), credit(BANK, cents)], occurred_at=NOON)


def lend(account: AccountSpec, cents: int) -> None:
    """Somebody owes the platform, as a lost dispute or a refused reversal leaves it."""
    post(key=f"lend:{account.code}", kind="test", legs=[debit(account, cents), credit(STRIPE, cents)], occurred_at=NOON)


def proposed(kind: CorrectionKind = CorrectionKind.GOODWILL, cents: int = 1_500, **fields: object) -> Correction:
    proposal = Proposal(kind=kind, amount_cents=cents, reason=REASON, **fields)  # type: ignore[arg-type]  # varied
    return propose(by=make_staff("Aline"), proposal=proposal, now=NOON)


def approved(kind: CorrectionKind, cents: int, **fields: object) -> Correction:
    return approve(correction=proposed(kind, cents, **fields), by=make_staff(), note="Vu.", now=NOON)


def unsound() -> list[str]:
    return [check.name for check in run_checks(NOON) if check.rows]


@pytest.mark.django_db
class TestKinds:
    @pytest.fixture(autouse=True)
    def _funds(self) -> None:
        platform_funds(50_000)

    def test_a_goodwill_is_credit_that_no_card_stands_behind(self) -> None:
        learner = make_member()
        correction = approved(CorrectionKind.GOODWILL, 1_500, member=learner)
        assert credit_left(learner) == 1_500
        assert balance(AccountSpec("expense.goodwill")) == 1_500
        gift = TopUp.objects.get()
        assert (gift.origin, gift.free_cents, gift.charge_id) == (TopUpOrigin.GOODWILL, 1_500, "")
        assert gift.purpose == corrections.key_of(correction)
        assert unsound() == []

    def test_a_goodwill_can_be_spent_on_a_session(self) -> None:
        learner, mentor = make_member(), make_mentor()
        approved(CorrectionKind.GOODWILL, 6_000, member=learner)
        place_hold(learner=learner, reference="booking:gift", amount_cents=6_000)
        settle(terms=make_terms("booking:gift", learner, mentor), now=NOON)
        assert balance(pending(mentor)) == 4_800
        assert unsound() == []

    def test_a_goodwill_first_pays_what_the_learner_owes(self) -> None:
        learner = make_member()
        lend(receivable(learner), 1_000)
        approved(CorrectionKind.GOODWILL, 1_500, member=learner)
        assert (balance(receivable(learner)), credit_left(learner)) == (0, 500)
        assert TopUp.objects.get().lost_cents == 1_000
        assert unsound() == []

    def test_a_learner_s_debt_is_given_up(self) -> None:
        learner = make_member()
        lend(receivable(learner), 4_000)
        approved(CorrectionKind.FORGIVE_LEARNER, 2_500, member=learner)
        assert (balance(receivable(learner)), balance(BAD_DEBT)) == (1_500, 2_500)
        assert unsound() == []

    def test_a_mentor_s_debt_is_given_up(self) -> None:
        mentor = make_mentor()
        lend(recoverable(mentor), 800)
        approved(CorrectionKind.FORGIVE_MENTOR, 800, member=mentor)
        assert (balance(recoverable(mentor)), balance(BAD_DEBT)) == (0, 800)
        assert unsound() == []

    def test_two_accounts_of_the_platform_are_put_right(self) -> None:
        before = balance(STRIPE)
        approved(CorrectionKind.PLATFORM, 900, debit_code="expense.psp_fees", credit_code="stripe")
        assert balance(STRIPE) == before - 900
        assert balance(AccountSpec("expense.psp_fees")) == 900
        assert unsound() == []

    def test_what_is_shown_before_is_what_is_posted(self) -> None:
        learner = make_member()
        lend(receivable(learner), 4_000)
        correction = proposed(CorrectionKind.FORGIVE_LEARNER, 2_500, member=learner)
        shown = effects(correction)
        approve(correction=correction, by=make_staff(), note="Vu.", now=NOON)
        assert [(row.account.code, row.debit_cents, row.credit_cents) for row in shown] == [
            ("expense.bad_debt", 2_500, 0),
            ("learner.receivable", 0, 2_500),
        ]
        assert [row.after_cents for row in shown] == [balance(row.account) for row in shown]
        written = LedgerTransaction.objects.get(key=corrections.key_of(correction))
        legs = [(entry.account.code, entry.amount) for entry in written.entries.order_by("-amount")]
        assert legs == [("expense.bad_debt", 2_500), ("learner.receivable", -2_500)]


@pytest.mark.django_db
class TestTwoPeople:
    @pytest.fixture(autouse=True)
    def _funds(self) -> None:
        platform_funds(50_000)

    def test_a_proposal_posts_nothing(self) -> None:
        learner = make_member()
        correction = proposed(member=learner)
        assert correction.status == CorrectionStatus.PROPOSED
        assert not LedgerTransaction.objects.filter(kind="correction").exists()
        assert credit_left(learner) == 0

    @pytest.mark.parametrize("decide", [approve, refuse])
    def test_nobody_decides_on_his_own_proposal(self, decide: object) -> None:
        correction = proposed(member=make_member())
        with pytest.raises(SamePerson):
            decide(correction=correction, by=correction.proposed_by, note="Oui.")  # type: ignore[operator]  # a service
        assert Correction.objects.get().status == CorrectionStatus.PROPOSED

    def test_nobody_approves_a_gift_to_himself(self) -> None:
        lucky = make_staff("Hugo")
        with pytest.raises(SamePerson, match="son propre compte"):
            approve(correction=proposed(member=lucky), by=lucky, note="Merci.")
        assert credit_left(lucky) == 0

    def test_a_refused_proposal_posts_nothing_and_stays_refused(self) -> None:
        learner = make_member()
        correction = refuse(correction=proposed(member=learner), by=make_staff(), note="Déjà remboursé.")
        assert (correction.status, correction.decision_note) == (CorrectionStatus.REFUSED, "Déjà remboursé.")
        with pytest.raises(IllegalMove):
            approve(correction=correction, by=make_staff(), note="Si.")
        assert credit_left(learner) == 0

    def test_an_approval_sent_twice_posts_once(self) -> None:
        learner, by = make_member(), make_staff()
        correction = proposed(member=learner)
        for _ in range(2):
            approve(correction=correction, by=by, note="Vu.", now=NOON)
        assert credit_left(learner) == 1_500
        assert AuditEntry.objects.filter(action="billing.correction_approved").count() == 1

    def test_a_proposal_sent_twice_is_one(self) -> None:
        by, proposal = make_staff(), Proposal(CorrectionKind.GOODWILL, 500, REASON, make_member())
        first = propose(by=by, proposal=proposal, reference="abcdefgh23456789")
        assert propose(by=by, proposal=proposal, reference="abcdefgh23456789") == first
        assert Correction.objects.count() == AuditEntry.objects.count() == 1

    def test_the_team_s_trace_says_who_and_why(self) -> None:
        correction = proposed(member=make_member())
        by = make_staff()
        approve(correction=correction, by=by, note="Capture vue.", now=NOON)
        trace = AuditEntry.objects.order_by("pk").values_list("actor", "action", "reference", "reason")
        assert list(trace) == [
            (correction.proposed_by_id, "billing.correction_proposed", f"correction:{correction.reference}", REASON),
            (by.pk, "billing.correction_approved", f"correction:{correction.reference}", "Capture vue."),
        ]

    def test_the_database_refuses_an_approval_by_the_proposer_or_by_nobody(self) -> None:
        correction = proposed(member=make_member())
        statement = "UPDATE billing_correction SET status = 'approved', decided_by_id = %s WHERE id = %s"
        for person in (correction.proposed_by_id, None):
            with pytest.raises(IntegrityError, match="correction_needs_two_people"), transaction.atomic():
                execute(statement, person, correction.pk)

    def test_the_database_refuses_accounts_for_a_member_and_a_member_for_accounts(self) -> None:
        written = Correction.objects.filter(pk=proposed(member=make_member()).pk).values().get()
        wrongs: list[dict[str, str | None]] = [{"debit_code": "stripe"}, {"kind": "platform"}, {"member_id": None}]
        for number, wrong in enumerate(wrongs):
            row = Correction(**written | wrong | {"id": None, "reference": f"abcdefgh2345678{number}"})
            with pytest.raises(IntegrityError, match="correction_member_or_platform"), transaction.atomic():
                row.save(force_insert=True)

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE billing_correction SET amount_cents = 900000",
            "UPDATE billing_correction SET member_id = proposed_by_id",
            "UPDATE billing_correction SET proposed_by_id = member_id",
            "UPDATE billing_correction SET reason = 'Autre chose.'",
        ],
    )
    def test_the_database_refuses_a_change_between_the_proposal_and_the_approval(self, statement: str) -> None:
        """Who approves has read the page before: what it showed is what is posted."""
        proposed(member=make_member())
        with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
            execute(statement)

    def test_the_database_refuses_another_end_of_what_was_decided_and_its_disappearance(self) -> None:
        refused = refuse(correction=proposed(member=make_member()), by=make_staff(), note="Non.", now=NOON)
        with pytest.raises(IntegrityError, match="decided once"), transaction.atomic():
            execute("UPDATE billing_correction SET status = 'approved' WHERE id = %s", refused.pk)
        execute("SET CONSTRAINTS ALL IMMEDIATE")
        for statement in ("DELETE FROM billing_correction", "TRUNCATE billing_correction"):
            with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
                execute(statement)


def execute(statement: str, *values: int | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.django_db
class TestRefusals:
    @pytest.mark.parametrize("cents", [0, -100])
    def test_an_amount_is_positive(self, cents: int) -> None:
        with pytest.raises(NotPossible, match="positif"):
            proposed(cents=cents, member=make_member())
        assert not Correction.objects.exists()

    @pytest.mark.parametrize("reason", ["", "   ", "trop court", "court     "])
    def test_a_reason_has_at_least_ten_characters(self, reason: str) -> None:
        proposal = Proposal(CorrectionKind.GOODWILL, 500, reason[:9], make_member())
        with pytest.raises(NotPossible, match="10 caractères"):
            propose(by=make_staff(), proposal=proposal)

    @pytest.mark.parametrize(
        ("debited", "credited"),
        [
            ("stripe", "stripe"),
            ("", "stripe"),
            ("stripe", ""),
            ("stripe", "learner.available"),
            ("stripe", "stars.spent"),
        ],
    )
    def test_only_two_different_accounts_of_the_platform(self, debited: str, credited: str) -> None:
        with pytest.raises(NotPossible):
            proposed(CorrectionKind.PLATFORM, 500, debit_code=debited, credit_code=credited)

    def test_a_member_or_the_platform_but_not_both(self) -> None:
        with pytest.raises(NotPossible):
            proposed(CorrectionKind.GOODWILL, 500)
        with pytest.raises(NotPossible):
            proposed(CorrectionKind.PLATFORM, 500, member=make_member(), debit_code="stripe", credit_code="bank")
        with pytest.raises(NotPossible):
            proposed(CorrectionKind.GOODWILL, 500, member=make_member(), debit_code="stripe")

    @pytest.mark.parametrize("kind", [CorrectionKind.FORGIVE_LEARNER, CorrectionKind.FORGIVE_MENTOR])
    def test_no_more_is_given_up_than_is_owed(self, kind: CorrectionKind) -> None:
        member = make_member()
        lend((receivable if kind == CorrectionKind.FORGIVE_LEARNER else recoverable)(member), 300)
        with pytest.raises(NotPossible, match="ne doit que 3,00"):
            proposed(kind, 301, member=member)

    def test_a_debt_paid_meanwhile_is_not_given_up(self) -> None:
        platform_funds(5_000)
        learner = make_member()
        lend(receivable(learner), 300)
        first, second = (proposed(CorrectionKind.FORGIVE_LEARNER, 300, member=learner) for _ in range(2))
        approve(correction=first, by=make_staff(), note="Vu.")
        with pytest.raises(NotPossible, match="ne doit que 0,00"):
            approve(correction=second, by=make_staff(), note="Vu.")
        second.refresh_from_db()
        assert second.status == CorrectionStatus.PROPOSED
        assert unsound() == []

    def test_money_that_stripe_is_bringing_back_is_no_longer_a_debt_to_give_up(self) -> None:
        learner, mentor = make_member(), make_mentor()
        pay_in(learner, 6_000)
        place_hold(learner=learner, reference="booking:a", amount_cents=6_000)
        settle(terms=make_terms("booking:a", learner, mentor), now=NOON)
        lend(recoverable(mentor), 800)
        TransferReversal.objects.create(
            part=PayoutPart.objects.get(payout=Payout.objects.get()),
            amount_cents=500,
            cause="complaint:1",
            next_attempt_at=NOON,
            created_at=NOON,
        )
        with pytest.raises(NotPossible, match="ne doit que 3,00"):
            proposed(CorrectionKind.FORGIVE_MENTOR, 301, member=mentor)

    def test_members_money_stays_covered(self) -> None:
        learner = make_member()
        pay_in(learner, 1_000)
        correction = proposed(CorrectionKind.PLATFORM, 1, debit_code="bank", credit_code="stripe")
        with pytest.raises(NotPossible, match="il manquerait 0,01"):
            approve(correction=correction, by=make_staff(), note="Vu.", now=NOON)
        assert credit_left(learner) == 1_000
        assert unsound() == []

    def test_no_gift_comes_from_members_money_once_the_platform_took_its_own_out(self) -> None:
        learner, mentor = make_member(), make_mentor()
        pay_in(learner, 6_000)
        place_hold(learner=learner, reference="booking:a", amount_cents=6_000)
        settle(terms=make_terms("booking:a", learner, mentor), now=NOON)
        approved(CorrectionKind.PLATFORM, 1_000, debit_code="bank", credit_code="stripe")
        gift = proposed(cents=1_500, member=learner)
        with pytest.raises(NotPossible, match="il manquerait 13,00"):
            approve(correction=gift, by=make_staff(), note="Vu.", now=NOON)
        approve(correction=proposed(cents=200, member=learner), by=make_staff(), note="Vu.", now=NOON)
        assert unsound() == []


@pytest.mark.usefixtures("cloned_database")
class TestRaces:
    def test_eight_approvals_at_once_post_once(self) -> None:
        platform_funds(50_000)
        learner = make_member()
        correction = proposed(member=learner)
        people = [make_staff(f"Membre{number}") for number in range(8)]
        results = in_threads(*(partial(_outcome, correction, person) for person in people))
        assert Counter(results) == {"Correction": 1, "IllegalMove": 7}
        assert credit_left(learner) == 1_500
        assert LedgerTransaction.objects.filter(kind="correction").count() == 1
        assert unsound() == []

    def test_of_approvals_and_refusals_at_once_one_decides(self) -> None:
        platform_funds(50_000)
        learner = make_member()
        correction = proposed(member=learner)
        people = [make_staff(f"Membre{number}") for number in range(8)]
        verbs = [approve, refuse] * 4
        results = in_threads(
            *(partial(_outcome, correction, person, verb) for person, verb in zip(people, verbs, strict=True))
        )
        assert Counter(results) == {"Correction": 1, "IllegalMove": 7}
        correction.refresh_from_db()
        is_approved = correction.status == CorrectionStatus.APPROVED
        assert credit_left(learner) == (1_500 if is_approved else 0)
        assert LedgerTransaction.objects.filter(kind="correction").count() == is_approved
        assert unsound() == []

    def test_two_corrections_of_one_debt_give_up_no_more_than_it(self) -> None:
        platform_funds(50_000)
        learner = make_member()
        lend(receivable(learner), 300)
        rows = [proposed(CorrectionKind.FORGIVE_LEARNER, 200, member=learner) for _ in range(6)]
        results = in_threads(*(partial(_outcome, row, make_staff(f"Membre{row.pk}")) for row in rows))
        assert Counter(results) == {"Correction": 1, "NotPossible": 5}
        assert balance(receivable(learner)) == 100
        assert unsound() == []

    def test_one_proposal_sent_from_two_windows_is_one(self) -> None:
        by, member = make_staff(), make_member()
        proposal = Proposal(CorrectionKind.GOODWILL, 500, REASON, member)
        sent = partial(propose, by=by, proposal=proposal, reference="abcdefgh23456789", now=NOON + timedelta(hours=1))
        assert len({getattr(row, "pk", row) for row in in_threads(*([sent] * 6))}) == 1
        assert Correction.objects.count() == 1


def _outcome(correction: Correction, person: User, decide: Callable[..., Correction] = approve) -> str:
    try:
        return type(decide(correction=correction, by=person, note="Vu.", now=NOON)).__name__
    except (IllegalMove, NotPossible) as error:
        return type(error).__name__
