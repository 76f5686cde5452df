"""Members at each stage of the way to being a mentor, made through the services."""

from datetime import datetime
from itertools import count

from accounts.legal import PRIVACY, SERVICE_TERMS
from accounts.models import User
from accounts.services import PageWords, accept_legal, create_page, write_page
from billing.models import BillingProfile, ConnectedAccount
from billing.services.onboarding import accept_mandate
from billing.states import AccountState, VatRegime
from catalog.models import Skill
from catalog.services import add_skill
from mentors.models import MentorProfile
from mentors.services import keep_company, propose_refusal, refuse, set_rate, submit_application, validate

_numbers = count(1)
SIREN = "732829320"


def make_member(first_name: str = "Nadia", last_name: str = "Benali") -> User:
    user = User.objects.create_user(
        f"{first_name.lower()}-{next(_numbers)}@example.org",
        "a long enough password",
        first_name=first_name,
        last_name=last_name,
    )
    create_page(user=user)
    return user


def make_listed(first_name: str, slug: str = "analyse-de-donnees") -> User:
    """Declared a skill, and is no mentor."""
    user = make_member(first_name, "Martin")
    add_skill(user=user, skill=Skill.objects.get(slug=slug))
    return user


def make_staff() -> User:
    staff = make_member("Sylvie", "Equipe")
    staff.is_staff = staff.is_superuser = True
    staff.save(update_fields=["is_staff", "is_superuser"])
    return staff


def write_words(user: User, headline: str = "Vos données ont quelque chose à dire.") -> None:
    words = PageWords(
        headline=headline,
        position="Analyste indépendante",
        education="Master de statistique, 2014",
        presentation="Onze ans de santé publique.",
        linkedin_url="https://www.linkedin.com/in/ines",
        languages="français, arabe, anglais",
    )
    write_page(user=user, words=words)


def give_company(user: User) -> None:
    keep_company(
        user=user,
        company=BillingProfile(
            business_name="Inès Haddad EI",
            address="3 rue des Lilas",
            postcode="69001",
            city="Lyon",
            siren=SIREN,
            vat_regime=VatRegime.FRANCHISE,
        ),
    )


def give_stripe_account(user: User, state: AccountState = AccountState.ACTIVE) -> ConnectedAccount:
    return ConnectedAccount.objects.create(user=user, stripe_id=f"acct_{next(_numbers)}", state=state)


def make_ready(first_name: str = "Inès", last_name: str = "Haddad", *, rate_cents: int = 4700) -> User:
    """Everything is there; the request is not sent yet."""
    user = make_member(first_name, last_name)
    write_words(user)
    add_skill(user=user, skill=Skill.objects.get(slug="analyse-de-donnees"))
    set_rate(user=user, rate_cents=rate_cents)
    give_company(user)
    accept_mandate(user=user)
    give_stripe_account(user)
    accept_legal(user=user, documents=[SERVICE_TERMS, PRIVACY])
    return user


def make_applicant(now: datetime | None = None) -> MentorProfile:
    return submit_application(user=make_ready(), now=now)


def refuse_request(profile: MentorProfile, reason: str) -> MentorProfile:
    """A refusal needs two people."""
    propose_refusal(profile=profile, by=make_staff(), reason=reason)
    return refuse(profile=profile, by=make_staff(), reason=reason)


def make_mentor(first_name: str = "Inès", last_name: str = "Haddad", *, rate_cents: int = 4700) -> User:
    user = make_ready(first_name, last_name, rate_cents=rate_cents)
    profile = submit_application(user=user)
    validate(profile=profile, by=make_staff(), reason="Dossier complet.")
    return user
