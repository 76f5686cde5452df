"""What went wrong with a session: the case, what each says of it, what the team decided."""

from datetime import datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from bookings.models import Booking
from cases.states import ASKING, FIRST_ROUND, OPEN_TO_WORDS, WAITING, Kind, Outcome, Round, Status, Topic
from core.fields import ReferenceField
from core.files.models import KeptFile


class CaseQuerySet(models.QuerySet["Case"]):
    def of(self, user: User) -> "CaseQuerySet":
        return self.filter(Q(booking__learner=user) | Q(booking__mentor=user))

    def with_people(self) -> "CaseQuerySet":
        return self.select_related("booking__learner__page", "booking__mentor__page")

    def waiting(self) -> "CaseQuerySet":
        """What the team has to decide, oldest first."""
        return self.filter(status__in=WAITING).order_by("ready_at", "pk")

    def due(self, now: datetime) -> "CaseQuerySet":
        """A delay is over, or a reminder is to be sent."""
        unanswered = Q(status__in=ASKING) & (Q(answer_until__lte=now) | Q(remind_at__lte=now))
        return self.filter(unanswered | Q(status=Status.DECIDED, appeal_until__lte=now)).order_by("pk")


class Case(models.Model):
    """One booking has one case, ever: the second decision about it is the last."""

    reference = ReferenceField()
    kind = models.CharField(_("nature"), max_length=10, choices=Kind)
    booking = models.OneToOneField(Booking, models.PROTECT, related_name="case", verbose_name=_("réservation"))
    status = models.CharField(_("état"), max_length=12, choices=Status, default=Status.ANSWERING)
    topic = models.CharField(_("motif"), max_length=10, choices=Topic, blank=True)
    # What the learner wishes to have back, when he said so.
    asked_cents = models.BigIntegerField(_("demandé"), null=True, blank=True)
    # What can be given back at most: what was charged, or what is blocked.
    stake_cents = models.BigIntegerField(_("en jeu"))
    opened_at = models.DateTimeField(_("ouvert le"))
    # Of this round; words are still taken afterwards, until it is decided.
    answer_until = models.DateTimeField(_("explications avant le"))
    remind_at = models.DateTimeField(_("rappel le"), null=True, blank=True)
    # Since when the team can decide.
    ready_at = models.DateTimeField(_("à décider depuis"), null=True, blank=True)
    appeal_until = models.DateTimeField(_("recours avant le"), null=True, blank=True)
    closed_at = models.DateTimeField(_("clos le"), null=True, blank=True)

    objects: ClassVar[CaseQuerySet] = CaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("litige")
        verbose_name_plural = _("litiges")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=Kind.COMPLAINT) & ~Q(topic="") | Q(kind=Kind.NOT_HELD, topic="", asked_cents=None),
                name="case_of_its_kind",
            ),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="case_status_known"),
            models.CheckConstraint(
                condition=Q(asked_cents=None) | Q(asked_cents__gt=0, asked_cents__lte=F("stake_cents")),
                name="case_asks_what_was_charged",
            ),
            models.CheckConstraint(condition=Q(stake_cents__gt=0), name="case_about_money"),
            models.CheckConstraint(
                condition=Q(status__in=sorted(WAITING), ready_at__isnull=False)
                | Q(ready_at=None) & ~Q(status__in=sorted(WAITING)),
                name="case_waits_since",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.CLOSED, closed_at__isnull=False)
                | Q(closed_at=None) & ~Q(status=Status.CLOSED),
                name="case_closed_since",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.DECIDED) | Q(appeal_until__isnull=False), name="case_appeal_has_an_end"
            ),
        ]
        indexes = [
            models.Index(fields=["ready_at"], condition=Q(status__in=sorted(WAITING)), name="case_queue"),
            models.Index(fields=["answer_until"], condition=Q(status__in=sorted(ASKING)), name="case_unanswered"),
            models.Index(fields=["remind_at"], condition=Q(remind_at__isnull=False), name="case_reminder"),
            models.Index(fields=["appeal_until"], condition=Q(status=Status.DECIDED), name="case_becoming_final"),
        ]

    def __str__(self) -> str:
        return f"{capfirst(self.get_kind_display())} {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("cases:detail", args=[self.reference])

    @property
    def number(self) -> str:
        """What people read out; the whole reference is for addresses."""
        return self.reference[:8].upper()

    @property
    def cause(self) -> str:
        """How billing names it: why a payout waits, which decision an adjustment follows."""
        return f"complaint:{self.reference}" if self.is_complaint else f"case:{self.reference}"

    @property
    def zone(self) -> ZoneInfo:
        return self.booking.zone

    @property
    def is_complaint(self) -> bool:
        return self.kind == Kind.COMPLAINT

    @property
    def is_open(self) -> bool:
        return self.status != Status.CLOSED

    @property
    def round(self) -> Round:
        return Round.FIRST if self.status in FIRST_ROUND else Round.APPEAL

    @property
    def takes_words(self) -> bool:
        return self.status in OPEN_TO_WORDS

    @property
    def can_be_withdrawn(self) -> bool:
        """A complaint, before anything is decided."""
        return self.is_complaint and self.status in FIRST_ROUND

    @property
    def was_withdrawn(self) -> bool:
        """Closed without a decision: nobody else can do that."""
        return self.is_complaint and not self.is_open and not self.decisions.exists()


class Statement(models.Model):
    """What one of the two says, once per round. The other reads it, so it never changes."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="statements", verbose_name=_("litige"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("auteur"))
    round = models.PositiveSmallIntegerField(_("tour"), choices=Round)
    words = models.TextField(_("explications"), max_length=4000)
    at = models.DateTimeField(_("donné le"))

    class Meta:
        verbose_name = _("explication")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["case", "author", "round"], name="one_statement_each_per_round")]

    def __str__(self) -> str:
        return f"{self.author} ({self.get_round_display()})"


class StatementFile(KeptFile):
    """What somebody shows for what he says."""

    folder = "cases"

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="files", verbose_name=_("explication"))

    class Meta:
        verbose_name = _("pièce")
        ordering = ["statement", "position"]
        constraints = [models.UniqueConstraint(fields=["statement", "position"], name="statement_files_in_order")]

    def get_absolute_url(self) -> str:
        return reverse("cases:file", args=[self.reference])

    def get_thumbnail_url(self) -> str:
        return reverse("cases:thumbnail", args=[self.reference]) if self.thumbnail else ""


class Decision(models.Model):
    """Never changed (migration 0002): an appeal adds a second one, by somebody else."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="decisions", verbose_name=_("litige"))
    round = models.PositiveSmallIntegerField(_("tour"), choices=Round)
    outcome = models.CharField(_("décision"), max_length=10, choices=Outcome)
    charged_cents = models.BigIntegerField(_("coût de la session"))
    returned_cents = models.BigIntegerField(_("rendu à l’apprenant"))
    reason = models.TextField(_("raison"))
    # None: nobody said anything in time, and the rule decided.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("par")
    )
    at = models.DateTimeField(_("décidé le"))

    class Meta:
        verbose_name = _("décision")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["case", "round"], name="one_decision_per_round"),
            models.CheckConstraint(
                condition=Q(charged_cents__gte=0, returned_cents__gte=0), name="decision_amounts_possible"
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_outcome_display())


class CaseEvent(models.Model):
    """One move of a case: who, why, when. Append only. No actor: time passed."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="events", verbose_name=_("litige"))
    from_status = models.CharField(_("de"), max_length=12, choices=Status, blank=True)
    to_status = models.CharField(_("à"), max_length=12, choices=Status)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("par")
    )
    reason = models.TextField(_("raison"), blank=True)
    at = models.DateTimeField(_("quand"))

    class Meta:
        verbose_name = _("étape")
        ordering = ["pk"]

    def __str__(self) -> str:
        before = f"{self.get_from_status_display()} → " if self.from_status else ""
        return f"{before}{self.get_to_status_display()}"
