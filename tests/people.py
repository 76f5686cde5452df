"""Members for tests of conversations and bookings, made through services."""

from datetime import UTC, datetime

from accounts.models import User
from accounts.services import create_page
from billing.models import BillingMandate, BillingProfile, ConnectedAccount
from billing.states import AccountState, VatRegime
from catalog.models import Category, MemberSkill, Skill
from mentors.models import MentorProfile
from mentors.states import MentorStatus

LONG_AGO = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
RATE_CENTS = 4700


def member(first_name: str, last_name: str, **fields: str) -> User:
    user = User.objects.create_user(
        f"{first_name.lower()}@example.org", "sesame-ouvre-toi", first_name=first_name, last_name=last_name, **fields
    )
    create_page(user=user)
    return user


def mentor(first_name: str, last_name: str, *, rate_cents: int = RATE_CENTS) -> User:
    """A member who can be booked: validated, with a rate, a SIREN, a mandate and a Stripe account."""
    user = member(first_name, last_name)
    BillingProfile.objects.create(
        user=user,
        business_name=f"{first_name} {last_name} EI",
        address="3 rue des Lilas",
        postcode="31000",
        city="Toulouse",
        siren="732829320",
        vat_regime=VatRegime.FRANCHISE,
    )
    BillingMandate.objects.create(user=user, version="2026-11", text_sha256="0" * 64, accepted_at=LONG_AGO)
    ConnectedAccount.objects.create(user=user, stripe_id=f"acct_{user.pk}", state=AccountState.ACTIVE)
    MentorProfile.objects.create(
        user=user, status=MentorStatus.VALIDATED, hourly_rate_cents=rate_cents, validated_at=LONG_AGO
    )
    return user


def skill_of(user: User, name: str = "Lecture de tableaux") -> Skill:
    category, _created = Category.objects.get_or_create(name="Sciences", slug="sciences")
    slug = name.lower().replace(" ", "-")
    skill, _created = Skill.objects.get_or_create(category=category, name=name, slug=slug)
    MemberSkill.objects.get_or_create(user=user, skill=skill, defaults={"created_at": LONG_AGO})
    return skill
