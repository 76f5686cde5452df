"""Invented mentors and learners: accounts, pages, requests, offers. A number always gives the same person."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from random import Random

from django.utils.text import slugify

from accounts.models import MemberPage, User
from billing.models import BillingMandate, BillingProfile, ConnectedAccount
from billing.states import AccountState, VatRegime
from catalog.models import MemberSkill, Skill, Training
from catalog.states import TrainingStatus
from core.identifiers import ALPHABET, LENGTH
from demo.crowd import words
from mentors.models import AvailabilityHint, MentorProfile
from mentors.states import MentorStatus

# Nobody logs in with it: no password has this hash.
NO_PASSWORD = "!crowd"  # noqa: S105
DOMAIN = "crowd.skilmi.example"
# The others have no account to be paid on yet.
BOOKABLE = 0.85
# Skills with a training of their own.
TAUGHT = 0.2
MARKS = (5, 5, 5, 5, 4, 4, 4, 3, 2)


@dataclass
class Mentor:
    """One mentor with everything that is his."""

    user: User
    page: MemberPage
    skills: list[Skill]
    profile: MentorProfile
    company: BillingProfile
    mandate: BillingMandate
    account: ConnectedAccount | None
    marks: list[int]
    hints: list[AvailabilityHint] = field(default_factory=list)
    trainings: list[Training] = field(default_factory=list)
    declared: list[MemberSkill] = field(default_factory=list)


def reference(rng: Random) -> str:
    return "".join(rng.choices(ALPHABET, k=LENGTH))


def make_user(kind: str, number: int, pk: int, now: datetime) -> User:
    rng = Random(f"{kind}:{number}")  # noqa: S311
    return User(
        pk=pk,
        email=f"{kind}-{number}@{DOMAIN}",
        password=NO_PASSWORD,
        first_name=rng.choice(words.FIRST_NAMES),
        last_name=rng.choice(words.LAST_NAMES),
        date_joined=now - timedelta(days=rng.randrange(20, 700)),
    )


def make_page(user: User, kind: str, number: int) -> MemberPage:
    return MemberPage(pk=user.pk, user=user, slug=f"{slugify(user.get_full_name())}-{kind[0]}{number}")


class MentorMaker:
    """Makes the mentors one after the other; every identifier is the number of the mentor plus a fixed start."""

    def __init__(self, skills: Sequence[Skill], starts: dict[type, int], now: datetime) -> None:
        self._skills = skills
        self._next = dict(starts)
        self._now = now

    def make(self, number: int, pk: int) -> Mentor:
        rng = Random(number)  # noqa: S311
        user = make_user("mentor", number, pk, self._now)
        skills = self._choose(rng)
        marks = [rng.choice(MARKS) for _ in range(max(0, int(rng.expovariate(0.8))))]
        made = Mentor(
            user=user,
            page=self._page(rng, user, number, skills),
            skills=skills,
            profile=self._profile(rng, user, marks),
            company=self._company(rng, user, number),
            mandate=BillingMandate(
                pk=self._id(BillingMandate), user=user, version="2026-01", text_sha256="0" * 64, accepted_at=self._now
            ),
            account=self._account(user, number) if rng.random() < BOOKABLE else None,
            marks=marks,
        )
        made.hints = self._hints(rng, made.profile)
        made.trainings = [self._training(rng, user, number, skill) for skill in skills if rng.random() < TAUGHT]
        made.declared = [
            MemberSkill(pk=self._id(MemberSkill), user=user, skill=skill, created_at=user.date_joined)
            for skill in skills
        ]
        return made

    def _id(self, model: type) -> int:
        self._next[model] += 1
        return self._next[model] - 1

    def _choose(self, rng: Random) -> list[Skill]:
        """Some skills have many more people than others, as in life."""
        last = len(self._skills) - 1
        chosen = {min(last, int(rng.expovariate(3 / len(self._skills)))) for _ in range(rng.randint(1, 4))}
        return [self._skills[index] for index in sorted(chosen, key=lambda _: rng.random())]

    def _page(self, rng: Random, user: User, number: int, skills: list[Skill]) -> MemberPage:
        page = make_page(user, "mentor", number)
        city, _postcode = rng.choice(words.CITIES)
        tasks = [rng.choice(words.TASKS.get(skill.name, words.OTHER_TASKS)) for skill in skills]
        years = rng.randint(3, 25)
        page.headline = f"{skills[0].name} : {tasks[0]}"
        page.position = f"{rng.choice(words.POSITIONS)}, {city}"
        page.education = rng.choice(words.SCHOOLS)
        page.presentation = (
            f"{years} ans de métier à {city}. Je vous aide à {', à '.join(tasks)}.\n\n{rng.choice(words.WAYS)}"
        )
        page.languages = rng.choice(words.LANGUAGES)
        return page

    def _profile(self, rng: Random, user: User, marks: list[int]) -> MentorProfile:
        return MentorProfile(
            pk=self._id(MentorProfile),
            user=user,
            status=MentorStatus.VALIDATED,
            hourly_rate_cents=100 * rng.choice(range(15, 121)),
            submitted_at=user.date_joined,
            validated_at=user.date_joined + timedelta(days=2),
            rating_sum=sum(marks),
            rating_count=len(marks),
        )

    def _company(self, rng: Random, user: User, number: int) -> BillingProfile:
        city, postcode = rng.choice(words.CITIES)
        return BillingProfile(
            pk=self._id(BillingProfile),
            user=user,
            business_name=f"{user.get_full_name()} EI",
            address=f"{rng.randint(1, 90)} {rng.choice(words.STREETS)}",
            postcode=postcode,
            city=city,
            siren=siren(number),
            vat_regime=VatRegime.FRANCHISE,
        )

    def _account(self, user: User, number: int) -> ConnectedAccount:
        return ConnectedAccount(
            pk=self._id(ConnectedAccount), user=user, stripe_id=f"acct_crowd_{number}", state=AccountState.ACTIVE
        )

    def _hints(self, rng: Random, profile: MentorProfile) -> list[AvailabilityHint]:
        starts = rng.choice([time(9), time(12), time(14), time(18)])
        ends = {9: time(12), 12: time(14), 14: time(18), 18: time(21)}[starts.hour]
        return [
            AvailabilityHint(pk=self._id(AvailabilityHint), mentor=profile, weekday=day, starts=starts, ends=ends)
            for day in sorted(rng.sample(range(7), rng.randint(0, 3)))
        ]

    def _training(self, rng: Random, user: User, number: int, skill: Skill) -> Training:
        task = rng.choice(words.TASKS.get(skill.name, words.OTHER_TASKS))
        return Training(
            pk=self._id(Training),
            mentor=user,
            category=skill.category,
            skill=skill,
            title=f"{task[:1].upper()}{task[1:]}",
            description=f"L’objectif : {task}, du début à la fin, sur votre propre travail. {rng.choice(words.WAYS)}",
            suggested_minutes=rng.choice([45, 60, 90]),
            slug=f"{slugify(task)[:90]}-m{number}-{skill.pk}",
            status=TrainingStatus.VALIDATED,
            submitted_at=user.date_joined,
            created_at=user.date_joined,
        )


def siren(number: int) -> str:
    """Nine digits whose last is the key of the eight others (Luhn): valid in form only."""
    body = f"{number % 10**8:08d}"
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value  # noqa: PLR2004
    return f"{body}{-total % 10}"
