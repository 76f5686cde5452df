"""Names that mentors miss in the list (SK-34, SK-35), and what the team decides of them."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from accounts.errors import AlreadyDecided, ReadAgain
from accounts.models import User
from accounts.services import record
from catalog.addresses import address_of
from catalog.errors import (
    NameMerged,
    NameNotPossible,
    NameTaken,
    NameWaiting,
    NotStaff,
    OfferLocked,
    OwnProposal,
    ReasonNeeded,
)
from catalog.models import Category, CategoryAlias, NameProposal, Skill, SkillAlias
from catalog.selectors.names import reading_of_proposal
from catalog.states import PROPOSAL_ALLOWED, ProposalStatus
from core.clock import now as clock_now
from core.states import check_move
from mentors.selectors import profile_of
from notifications.services import notify


@transaction.atomic
def propose_skill(
    *, by: User, name: str, category: Category | None = None, category_name: str = "", now: datetime | None = None
) -> Skill:
    """A skill, in a listed category or in a new one, that only its proposer can use until the team accepts it."""
    at = now or clock_now()
    name = _checked(by, name)
    skill = Skill.objects.select_for_update().filter(Q(name__iexact=name) | Q(slug=address_of(name))).first()
    if skill and _is_waiting_of(skill, by):
        return skill
    _refuse_known(skill)
    if alias := SkillAlias.objects.select_related("skill").filter(slug=address_of(name)).first():
        raise NameMerged(alias.skill.name)
    skill = skill or Skill(name=name, slug=address_of(name), is_validated=False)
    skill.category = category or propose_category(by=by, name=category_name, now=at)
    skill.proposed_by = by
    skill.save()
    NameProposal.objects.create(proposer=by, skill=skill, name=skill.name, proposed_at=at)
    return skill


@transaction.atomic
def propose_category(*, by: User, name: str, now: datetime | None = None) -> Category:
    """A category that only its proposer can use until the team accepts it."""
    name = _checked(by, name)
    category = Category.objects.select_for_update().filter(Q(name__iexact=name) | Q(slug=address_of(name))).first()
    if category and _is_waiting_of(category, by):
        return category
    _refuse_known(category)
    if alias := CategoryAlias.objects.select_related("category").filter(slug=address_of(name)).first():
        raise NameMerged(alias.category.name)
    category = category or Category(name=name, slug=address_of(name), is_validated=False)
    category.proposed_by = by
    category.save()
    NameProposal.objects.create(proposer=by, category=category, name=category.name, proposed_at=now or clock_now())
    return category


def _checked(by: User, name: str) -> str:
    """Written once by somebody who may: two tabs of the same mentor wait for each other."""
    if not profile_of(by).is_validated:
        raise OfferLocked
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    words = " ".join(name.split())
    if not address_of(words):
        raise NameNotPossible
    return words


def _is_waiting_of(row: Skill | Category, by: User) -> bool:
    return not row.is_validated and row.proposed_by_id == by.pk


def _refuse_known(row: Skill | Category | None) -> None:
    """A name that the team refused may be proposed again, by anybody."""
    if row and row.is_validated:
        raise NameTaken
    if row and row.proposed_by_id is not None:
        raise NameWaiting


@transaction.atomic
def accept_proposal(
    *, proposal: NameProposal, by: User, reason: str, seen: str = "", now: datetime | None = None
) -> NameProposal:
    """Put a proposed name on the list of everybody; with a skill, its category when it is new."""
    at = now or clock_now()
    locked = _lock(proposal, ProposalStatus.ACCEPTED, by, reason, seen)
    if locked.status == ProposalStatus.ACCEPTED:
        return locked
    if locked.skill:
        for home in NameProposal.objects.waiting().filter(category=locked.skill.category):
            accept_proposal(proposal=home, by=by, reason=reason, now=at)
        Category.objects.filter(pk=locked.skill.category_id).update(is_validated=True)
        Skill.objects.filter(pk=locked.skill.pk).update(is_validated=True)
    elif locked.category:
        Category.objects.filter(pk=locked.category.pk).update(is_validated=True)
    settle(proposal=locked, to=ProposalStatus.ACCEPTED, by=by, reason=reason, at=at)
    return locked


@transaction.atomic
def refuse_proposal(
    *, proposal: NameProposal, by: User, reason: str, seen: str = "", now: datetime | None = None
) -> NameProposal:
    """Keep a name off the list. Trainings that use it stay hidden until their author chooses another one (SK-36)."""
    at = now or clock_now()
    locked = _lock(proposal, ProposalStatus.REFUSED, by, reason, seen)
    if locked.status == ProposalStatus.REFUSED:
        return locked
    # Its author can no longer choose it; the row stays for the trainings that name it.
    if locked.category:
        for inside in NameProposal.objects.waiting().filter(skill__category=locked.category):
            refuse_proposal(proposal=inside, by=by, reason=reason, now=at)
        Category.objects.filter(pk=locked.category.pk).update(proposed_by=None)
    elif locked.skill:
        Skill.objects.filter(pk=locked.skill.pk).update(proposed_by=None)
    settle(proposal=locked, to=ProposalStatus.REFUSED, by=by, reason=reason, at=at)
    return locked


def _lock(proposal: NameProposal, to: str, by: User, reason: str, seen: str) -> NameProposal:
    if not by.is_staff:
        raise NotStaff
    if not reason.strip():
        raise ReasonNeeded
    # Without joins: after a wait for the lock, a joined row would be the one from before the wait.
    locked = NameProposal.objects.select_for_update().get(pk=proposal.pk)
    if locked.proposer_id == by.pk:
        raise OwnProposal
    first = locked.decided_by
    if first and locked.decided_at and (first != by or locked.status != to):
        raise AlreadyDecided(who=first.get_full_name(), decision=locked.get_status_display(), at=locked.decided_at)
    if seen and first is None and seen != reading_of_proposal(locked):
        raise ReadAgain
    return locked


def settle(*, proposal: NameProposal, to: str, by: User, reason: str, at: datetime) -> None:
    """Write the decision, trace it, and tell the proposer."""
    _move(proposal, to=to, by=by, reason=reason.strip(), at=at)
    record(actor=by, action=f"catalog.name_{to}", reference=f"name:{proposal.pk}", reason=reason.strip(), now=at)
    notify(
        recipient=proposal.proposer,
        kind=f"catalog.name_{to}",
        url=reverse("catalog:offer") + "#propositions",
        reference=f"name:{proposal.pk}",
        context={"name": proposal.name, "kept": str(proposal.skill or proposal.category), "reason": reason.strip()},
        now=at,
    )


def _move(proposal: NameProposal, *, to: str, by: User, reason: str, at: datetime) -> None:
    """The only writer of `status`."""
    check_move(PROPOSAL_ALLOWED, proposal.status, to)
    proposal.status = to
    proposal.decided_by, proposal.decided_at, proposal.reason = by, at, reason
    proposal.save(update_fields=["status", "decided_by", "decided_at", "reason"])
