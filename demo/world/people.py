"""Accounts, pages, billing data, skills and trainings of the demo's people."""

from datetime import datetime, time
from functools import cache
from http import HTTPStatus
from http.client import HTTPMessage
from typing import IO
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from accounts.legal import PRIVACY, SERVICE_TERMS, TERMS
from accounts.models import User
from accounts.services import PageWords, accept_legal, create_page, set_photo, write_page
from billing.models import BillingProfile, ConnectedAccount
from billing.services import onboarding
from billing.states import VatRegime
from catalog.models import Skill
from catalog.services.skills import add_skill
from catalog.services.trainings import TrainingWords, create_training, submit_training, validate_training
from demo.people import PASSWORD, LearnerData, MentorData, TrainingData
from demo.portraits import draw
from mentors.models import MentorProfile
from mentors.services.application import submit_application, validate
from mentors.services.availability import add_availability
from mentors.services.offer import set_rate

LINKEDIN = "https://www.linkedin.com/in/exemple"


def add_member(email: str, first_name: str, last_name: str, *, joined: datetime) -> User:
    """An account with a confirmed address, as after sign-up."""
    user = User.objects.create_user(email, None, first_name=first_name, last_name=last_name)
    User.objects.filter(pk=user.pk).update(date_joined=joined, password=_password())
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    create_page(user=user)
    accept_legal(user=user, documents=[TERMS, PRIVACY], now=joined)
    return user


@cache
def _password() -> str:
    """Hashed once for everybody: hashing is slow on purpose, and this password is public."""
    return make_password(PASSWORD)


def add_learner(data: LearnerData, *, joined: datetime) -> User:
    user = add_member(data.email, data.first_name, data.last_name, joined=joined)
    write_page(user=user, words=PageWords(data.headline, "", "", "", "", "Français"))
    set_photo(user=user, content=draw(data.look))
    declare_skills(user, data.skills)
    return user


def declare_skills(user: User, names: tuple[str, ...]) -> None:
    for name in names:
        add_skill(user=user, skill=Skill.objects.get(name=name))


def add_candidate(data: MentorData, *, joined: datetime) -> User:
    """Everything a mentor gives, and his request sent to the team."""
    user = add_member(data.email, data.first_name, data.last_name, joined=joined)
    write_page(
        user=user,
        words=PageWords(data.headline, data.position, data.education, data.presentation, LINKEDIN, data.languages),
    )
    set_photo(user=user, content=draw(data.look))
    declare_skills(user, data.skills)
    _give_billing_data(user, data)
    for weekday, starts, ends in data.week:
        add_availability(
            user=user, weekdays=[weekday], starts=time.fromisoformat(starts), ends=time.fromisoformat(ends)
        )
    accept_legal(user=user, documents=[SERVICE_TERMS], now=joined)
    submit_application(user=user)
    return user


def _give_billing_data(user: User, data: MentorData) -> None:
    set_rate(user=user, rate_cents=data.rate_cents)
    registered = data.is_registered_for_vat
    BillingProfile.objects.create(
        user=user,
        business_name=f"{user.get_full_name()} EI",
        address=data.address,
        postcode=data.postcode,
        city=data.city,
        siren=data.siren,
        vat_regime=VatRegime.REGISTERED if registered else VatRegime.FRANCHISE,
        vat_number=_vat_number(data.siren) if registered else "",
    )
    onboarding.accept_mandate(user=user)
    visit_stripe_form(onboarding.start(user=user))
    onboarding.refresh_account(account=ConnectedAccount.objects.get(user=user))


def _vat_number(siren: str) -> str:
    """The French number that belongs to a SIREN: a key of two digits in front (CGI, annexe II, art. 286)."""
    return f"FR{(12 + 3 * (int(siren) % 97)) % 97:02d}{siren}"


def visit_stripe_form(url: str) -> None:
    """Fill in Stripe's form to the end."""
    _post(url, outcome="complete")


def pay_by_card(url: str, number: str = "4242424242424242") -> None:
    """Do what a learner does on the bank's page."""
    _post(url, number=number)


class _StayThere(HTTPRedirectHandler):
    """The page that follows is ours, and no server answers yet while the world is made."""

    def redirect_request(  # noqa: PLR0917  (the base class's signature)
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        return None


_opener = build_opener(_StayThere)


def _post(url: str, **fields: str) -> None:
    request = Request(url, urlencode(fields).encode(), method="POST")  # noqa: S310  (the sandbox, on this machine)
    try:
        _opener.open(request, timeout=20).close()
    except HTTPError as answer:
        if answer.code != HTTPStatus.SEE_OTHER:
            raise
        answer.close()


def validate_mentor(user: User, by: User) -> None:
    validate(profile=MentorProfile.objects.get(user=user), by=by, reason="Dossier complet.")


def add_training(mentor: User, data: TrainingData, by: User) -> None:
    skill = Skill.objects.select_related("category").get(name=data.skill)
    words = TrainingWords(skill.category, skill, data.title, data.description, data.minutes)
    training = submit_training(training=create_training(mentor=mentor, words=words), mentor=mentor)
    validate_training(training=training, by=by, reason="Objectifs clairs.")
