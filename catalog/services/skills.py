"""What a member says he can teach."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from catalog.errors import SkillNotListed, TooManySkills
from catalog.models import MemberSkill, Skill
from core.clock import now as clock_now

MAX_SKILLS = 20


@transaction.atomic
def add_skill(*, user: User, skill: Skill, now: datetime | None = None) -> MemberSkill:
    """Declare a skill of the validated list; the member is listed for it at once. Declaring twice changes nothing."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    existing = MemberSkill.objects.filter(user=user, skill=skill).first()
    if existing:
        return existing
    if not Skill.objects.validated().filter(pk=skill.pk).exists():
        raise SkillNotListed
    if MemberSkill.objects.filter(user=user).count() >= MAX_SKILLS:
        raise TooManySkills
    return MemberSkill.objects.create(user=user, skill=skill, created_at=now or clock_now())


def remove_skill(*, user: User, skill: Skill) -> None:
    """Stop being listed for a skill (SK-30). What was already agreed is left as it is."""
    MemberSkill.objects.filter(user=user, skill=skill).delete()
