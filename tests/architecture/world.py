"""Every address of the product, and a small world in which each of them leads somewhere."""

import re
from collections.abc import Iterator
from datetime import time
from uuid import uuid4

from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import User
from billing.models import Invoice, Payout
from cases.models import StatementFile
from cases.services import Complaint, open_complaint
from catalog.models import MemberSkill
from catalog.services import TrainingWords, create_training
from core import clock
from core.files.keeping import Upload
from messaging.selectors import thread_between
from messaging.services import get_or_create_thread, send_message
from notifications.models import Email, Notice
from reviews.services import publish_review
from support.models import Motive, TicketFile
from support.services import send_ticket
from tests.core.files import samples
from tests.sessions_video.conftest import at_local_hour, build_room, hold_session, make_member, request


def addresses(resolver: URLResolver | None = None, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        elif pattern.name:
            yield f"{space}{pattern.name}", pattern


# A reference that names nothing.
NOBODYS = "2" * 16


def admin_addresses() -> Iterator[tuple[str, str]]:
    """Of the administration, each with the first values it takes."""
    for name, pattern in addresses():
        if name.startswith("admin:"):
            verb = re.search(r"\(\?P<verb>(\w+)", pattern.pattern.regex.pattern)
            known = {"app_label": "accounts", "verb": verb[1] if verb else ""}
            yield name, reverse(name, kwargs={kind: known.get(kind, "1") for kind in pattern.pattern.regex.groupindex})


OURS = [(name, pattern) for name, pattern in addresses() if not name.startswith("admin:")]


class World:
    """One session that was held, one that is asked for, and what belongs to their two people."""

    def __init__(self) -> None:
        at_local_hour(9)
        self.room = hold_session(build_room())
        mentor, learner = self.room.mentor, self.room.learner
        held = self.room.video_session.booking
        self.review = publish_review(booking=held, by=learner, mark=5, comment="Clair et patient.")
        self.asked = request(mentor, learner, hour=20)
        self.skill = MemberSkill.objects.get(user=mentor).skill
        words = TrainingWords(self.skill.category, self.skill, "Lire un tableau en une heure", "Repérer les trous.", 60)
        self.training = create_training(mentor=mentor, words=words)
        self.hint = mentor.mentor_profile.availability.create(weekday=1, starts=time(9), ends=time(12))
        thread = get_or_create_thread(one=mentor, other=learner)
        message = send_message(thread=thread, author=learner, body="", files=[Upload("a.png", samples.image())])
        self.file = message.attachments.get()
        picture = Upload("a.png", samples.image())
        self.ticket = send_ticket(
            by=learner,
            motive=Motive.objects.get(slug="erreur"),
            body="La page est blanche.",
            client_id=uuid4(),
            files=[picture],
        )
        self.case = open_complaint(
            booking=self.room.video_session.booking,
            complaint=Complaint("other", "La fin de la session manquait."),
            files=[Upload("a.png", samples.image())],
        )
        self.people: dict[str, User | None] = {
            "visitor": None,
            "stranger": make_member("Nadia"),
            "learner": learner,
            "mentor": mentor,
            "team": User.objects.create_superuser("equipe@example.org", "sesame-ouvre-toi"),
        }

    def address(self, name: str, pattern: URLPattern) -> str:
        given = {kind: self.value(name, kind) for kind in pattern.pattern.regex.groupindex}
        query = f"?mentor={self.room.mentor.page.slug}" if name == "bookings:new" else ""
        return reverse(name, kwargs={**pattern.default_args, **given}) + query

    def value(self, name: str, kind: str) -> str | int:
        app = name.partition(":")[0]
        held = self.room.video_session.booking.reference
        if kind == "year":
            return clock.now().year
        if kind == "section":
            return "membres"
        if name in {"messaging:attachment", "messaging:thumbnail"}:
            return self.file.reference
        if name == "billing:payout":
            return Payout.objects.get().reference
        if kind == "period":
            return f"{clock.now().year}"
        thread = thread_between(self.room.mentor, self.room.learner)
        assert thread
        found: dict[str, str | int] = {
            "bookings": self.asked.reference,
            "sessions_video": held,
            "reviews": held if name in {"reviews:new", "reviews:edit"} else self.review.reference,
            "cases": self.of_case(name) or held,
            "messaging": self.room.mentor.page.slug if kind == "slug" else thread.reference,
            "pages": self.room.mentor.page.slug,
            "catalog": self.training.slug if "training" in name else self.skill.slug,
            "accounts": NOBODYS,
            "notifications": Notice.objects.filter(recipient=self.room.learner)[0].pk,
            "mentors": self.hint.pk,
            "support": self.of_support(name, kind),
            "billing": Invoice.objects.get().reference,
            "demo": 1 if kind == "attachment" else Email.objects.all()[0].reference,
        }
        return found.get(app, "1")

    def of_support(self, name: str, kind: str) -> str:
        if name.endswith(("file", "thumbnail")) and kind == "reference":
            return TicketFile.objects.get().reference
        return {"slug": "erreur", "key": "1"}.get(kind, self.ticket.reference)

    def of_case(self, name: str) -> str:
        if name in {"cases:file", "cases:thumbnail"}:
            return StatementFile.objects.get().reference
        return self.case.reference if name in {"cases:detail", "cases:appeal"} else ""


def signed_in(user: User | None) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


def answer(client: Client, method: str, address: str) -> HttpResponse:
    """What is written is taken back, a new session too: no line of the table disturbs another."""
    cookies = dict(client.cookies)
    with transaction.atomic():
        response: HttpResponse = client.generic(method, address)  # type: ignore[assignment]  # the client's own kind
        transaction.set_rollback(True)
    client.cookies.clear()
    client.cookies.update(cookies)
    return response
