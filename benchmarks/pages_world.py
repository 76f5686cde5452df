"""Whom the requests are made for: a crowd, some of it signed in, and bookings to discuss."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode
from uuid import uuid4

from django.db import connection
from django.db.models import Count
from django.urls import reverse

from accounts.models import User
from bookings.models import Booking
from catalog.models import Listing, MemberSkill, Skill, Training
from core import clock
from demo import crowd
from demo.crowd.people import DOMAIN
from journeys.entrance import sign_in
from messaging.models import Thread

SEARCHES = (
    "données", "tableur excel", "photo", "fermeture éclair", "première jupe", "python débutant", "anglais réunion",
    "comptabilité bilan", "logo", "préparer un concours", "mémoire de fin d’études", "guitare blues",
)  # fmt: skip
# Any letters serve, when cookie and field agree.
TOKEN = "a" * 32


@dataclass(frozen=True)
class Ask:
    """One request; with `fields` it is a form."""

    path: str
    cookie: str = ""
    fields: dict[str, str] | None = None

    @property
    def body(self) -> str:
        return urlencode({**(self.fields or {}), "csrfmiddlewaretoken": TOKEN})


def fill(mentors: int) -> None:
    crowd.make(mentors)
    # Not while the pages are measured.
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


class Visitors:
    """The same kinds of pages whatever the size of the crowd; `count` different ones of each."""

    def __init__(self, count: int) -> None:
        self._count = count
        # The newest: whoever was asked by these learners in a smaller crowd would cost them less.
        found = Listing.objects.filter(is_bookable=True, mark_count__gt=0).order_by("-user_id")
        self.mentors = [row.user for row in found.select_related("user__page")[:count]]
        learners = User.objects.filter(email__startswith="learner-", email__endswith=f"@{DOMAIN}")
        held = learners.annotate(held=Count("bookings_as_learner")).filter(held__gt=0)
        self.learners = list(held.order_by("pk")[:count])
        self._cookies = sign_in([*self.mentors, *self.learners])

    @property
    def cookies(self) -> list[str]:
        return list(self._cookies.values())

    def reads(self) -> dict[str, list[Ask]]:
        skills = Skill.objects.validated().order_by("pk")[: self._count]
        trainings = Training.objects.public().order_by("pk")[: self._count]
        inbox, sessions = reverse("messaging:inbox"), reverse("bookings:my_sessions")
        return {
            "community": [Ask(f"{reverse('catalog:community')}?{urlencode({'q': words})}") for words in SEARCHES],
            "skill": [Ask(skill.get_absolute_url()) for skill in skills],
            "profile": [Ask(mentor.page.get_absolute_url()) for mentor in self.mentors],
            "training": [Ask(training.get_absolute_url()) for training in trainings],
            "inbox": [self._by(learner, inbox) for learner in self.learners],
            "thread": [self._by(learner, self._thread(learner)) for learner in self.learners],
            "my_sessions": [self._by(learner, f"{sessions}?onglet=passees") for learner in self.learners],
        }

    def _by(self, user: User, path: str, fields: dict[str, str] | None = None) -> Ask:
        return Ask(path, self._cookies[user.pk], fields)

    def _thread(self, learner: User) -> str:
        return Thread.objects.of(learner).order_by("pk")[0].get_absolute_url()

    def requests(self, day: int) -> list[Ask]:
        """Each learner asks another mentor. `day` keeps the rounds from asking twice for the same hour."""
        asks = []
        for learner, mentor in zip(self.learners, self.mentors, strict=False):
            skill = MemberSkill.objects.filter(user=mentor).select_related("skill")[0].skill
            fields = self._terms(day) | {"offer": f"competence:{skill.slug}", "client_token": str(uuid4())}
            asks.append(self._by(learner, f"{reverse('bookings:new')}?mentor={mentor.page.slug}", fields))
        return asks

    def counter_offers(self, day: int) -> list[Ask]:
        return [
            self._by(
                booking.mentor,
                reverse("bookings:counter_offer", args=[booking.reference]),
                self._terms(day, "16:00") | {"version": booking.current_version().content_hash, "note": "Plutôt là."},
            )
            for booking in self._open("requested")
        ]

    def acceptances(self) -> list[Ask]:
        return [
            self._by(
                booking.learner,
                reverse("bookings:acceptance", args=[booking.reference]),
                {"version": booking.current_version().content_hash},
            )
            for booking in self._open("countered")
        ]

    def _open(self, status: str) -> list[Booking]:
        return list(Booking.objects.filter(status=status).select_related("mentor", "learner").order_by("pk"))

    def _terms(self, day: int, at: str = "14:00") -> dict[str, str]:
        when = (clock.now() + timedelta(days=day)).date()
        return {
            "duration": "60",
            "objectives": "Lire mon fichier et en tirer un graphique.",
            "day": when.isoformat(),
            "at": at,
        }
