"""A booking: terms negotiated in versions, then fixed, paid, held and settled."""

from datetime import date, datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import ExpressionWrapper, F, Func, Q
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan, LessThan, LessThanOrEqual
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from billing.states import VatRegime
from bookings import rules
from bookings.states import FINAL, OPEN, TAKEN, ReminderKind, Status
from catalog.models import Skill, Training
from core.fields import ReferenceField


class TsTzRange(Func):
    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


# The agreed hour, else the planned one; it takes as long as planned.
MEETING = Coalesce("agreed_time", "starts_at")
MEETING_ENDS = Coalesce(
    ExpressionWrapper(F("agreed_time") + (F("ends_at") - F("starts_at")), output_field=models.DateTimeField()),
    F("ends_at"),
)


class BookingQuerySet(models.QuerySet["Booking"]):
    def of(self, user: User) -> "BookingQuerySet":
        return self.filter(Q(learner=user) | Q(mentor=user))

    def with_people(self) -> "BookingQuerySet":
        return self.select_related("learner__page", "mentor__page")

    def between(self, starts_at: datetime, ends_at: datetime) -> "BookingQuerySet":
        """Bookings whose planned interval meets another."""
        return self.filter(starts_at__lt=ends_at, ends_at__gt=starts_at)

    def unanswered(self, now: datetime) -> "BookingQuerySet":
        """Whose open version was not answered in time."""
        return self.filter(status__in=OPEN, expires_at__lte=now)

    def unpaid(self, now: datetime) -> "BookingQuerySet":
        """Not paid in time."""
        return self.filter(status=Status.ACCEPTED, pay_before__lte=now)

    def final(self) -> "BookingQuerySet":
        return self.filter(status__in=FINAL)

    def meeting_between(self, starts_at: datetime, ends_at: datetime) -> "BookingQuerySet":
        """Where people mean to meet at that time, whatever was planned."""
        return self.filter(LessThan(MEETING, ends_at), GreaterThan(MEETING_ENDS, starts_at))

    def meeting_until(self, moment: datetime) -> "BookingQuerySet":
        """Whose meeting, agreed or planned, is over by then."""
        return self.filter(LessThanOrEqual(MEETING_ENDS, moment))

    def meeting_after(self, moment: datetime) -> "BookingQuerySet":
        return self.filter(GreaterThan(MEETING_ENDS, moment))

    def by_meeting(self) -> "BookingQuerySet":
        return self.order_by(MEETING, "pk")


class Booking(models.Model):
    """Rate, commission, VAT regime and rate, and time zone are copied at the request and never change (SK-43).

    Start, duration and objectives are those of the current version.
    """

    reference = ReferenceField()
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="bookings_as_learner", verbose_name=_("apprenant")
    )
    mentor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="bookings_as_mentor", verbose_name=_("mentor")
    )
    skill = models.ForeignKey(Skill, models.SET_NULL, null=True, blank=True, verbose_name=_("compétence"))
    training = models.ForeignKey(Training, models.SET_NULL, null=True, blank=True, verbose_name=_("formation"))
    subject = models.CharField(_("sujet"), max_length=160)
    hourly_rate_cents = models.BigIntegerField(_("tarif horaire"))
    commission_basis_points = models.PositiveIntegerField(_("commission"))
    vat_regime = models.CharField(_("régime de TVA"), max_length=12, choices=VatRegime)
    # The standard rate, whatever the mentor's regime: the commission has VAT of its own.
    vat_basis_points = models.PositiveIntegerField(_("taux de TVA"), default=2000)
    time_zone = models.CharField(_("fuseau horaire"), max_length=64, default="Europe/Paris")
    status = models.CharField(_("état"), max_length=16, choices=Status, default=Status.REQUESTED)
    version = models.PositiveSmallIntegerField(_("version en cours"), default=1)
    starts_at = models.DateTimeField(_("début prévu"))
    ends_at = models.DateTimeField(_("fin prévue"))
    duration_minutes = models.PositiveSmallIntegerField(_("durée en minutes"))
    expires_at = models.DateTimeField(_("réponse attendue avant le"))
    pay_before = models.DateTimeField(_("à payer avant le"), null=True, blank=True)
    # Another hour of the planned day, agreed by both (K-1). It stands beside the terms and changes none of them.
    agreed_time = models.DateTimeField(_("heure convenue"), null=True, blank=True)
    # Each agreement is a newer version of the event in people's calendars.
    agreed_changes = models.PositiveSmallIntegerField(_("changements d’heure"), default=0, db_default=0)
    # What the room measured, known when the booking is closed.
    billed_seconds = models.PositiveIntegerField(_("secondes facturées"), null=True, blank=True)
    # Empty when nothing was charged, and once the review is written.
    review_until = models.DateTimeField(_("avis attendu avant le"), null=True, blank=True)
    # Since when it is looked into: a complaint, or a day without a session.
    case_since = models.DateTimeField(_("litige depuis"), null=True, blank=True)
    # Given by the form: a request sent twice makes one booking.
    client_token = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField(_("demandée le"))

    objects: ClassVar[BookingQuerySet] = BookingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("réservation")
        constraints = [
            ExclusionConstraint(
                name="mentor_has_one_session_at_a_time",
                expressions=[
                    (F("mentor"), RangeOperators.EQUAL),
                    (TsTzRange("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=Q(status__in=sorted(TAKEN)),
            ),
            models.CheckConstraint(condition=~Q(learner=F("mentor")), name="booking_two_people"),
            models.CheckConstraint(condition=Q(hourly_rate_cents__gt=0), name="booking_rate_positive"),
            models.CheckConstraint(
                condition=Q(duration_minutes__gte=rules.DURATION_MIN, duration_minutes__lte=rules.DURATION_MAX),
                name="booking_duration",
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="booking_ends_after_start"),
            models.CheckConstraint(condition=Q(skill=None) | Q(training=None), name="booking_one_offer"),
            models.CheckConstraint(
                condition=~Q(status=Status.ACCEPTED) | Q(pay_before__isnull=False), name="accepted_has_payment_window"
            ),
            models.UniqueConstraint(fields=["learner", "client_token"], name="booking_requested_once"),
        ]
        indexes = [
            models.Index(fields=["learner", "status", "starts_at"], name="booking_of_learner"),
            models.Index(fields=["mentor", "status", "starts_at"], name="booking_of_mentor"),
            models.Index(fields=["expires_at"], condition=Q(status__in=sorted(OPEN)), name="booking_lapsing"),
            models.Index(fields=["pay_before"], condition=Q(status=Status.ACCEPTED), name="booking_payment_lapsing"),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("bookings:detail", args=[self.reference])

    def awaits_review(self, by: User, now: datetime) -> bool:
        """Charged, within the delay, and not reviewed yet."""
        return by.pk == self.learner_id and self.review_until is not None and now <= self.review_until

    @property
    def was_never_held(self) -> bool:
        """Settled by decision, after a day on which nothing was measured."""
        return self.status == Status.SETTLED and self.billed_seconds is None

    @property
    def ledger_reference(self) -> str:
        """How billing, notices and cards name this booking."""
        return f"booking:{self.reference}"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def day(self) -> date:
        return self.starts_at.astimezone(self.zone).date()

    @property
    def day_bounds(self) -> rules.Slot:
        return rules.day_bounds(self.day, self.zone)

    @property
    def maximum_cents(self) -> int:
        return rules.maximum_cents(self.hourly_rate_cents, self.duration_minutes)

    @property
    def planned(self) -> timedelta:
        return self.ends_at - self.starts_at

    @property
    def meets_at(self) -> datetime:
        """When the two people mean to meet: the agreed hour, else the planned one."""
        return self.agreed_time or self.starts_at

    @property
    def meets_until(self) -> datetime:
        return self.meets_at + self.planned

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def is_final(self) -> bool:
        return self.status in FINAL

    @property
    def can_be_settled_together(self) -> bool:
        """Paid, and nothing billed yet: another hour of the day, or a cancellation, can be agreed by both (K-1)."""
        return self.status == Status.CONFIRMED

    @property
    def awaits(self) -> User | None:
        """Whose answer is expected while terms are discussed."""
        if self.status == Status.REQUESTED:
            return self.mentor
        return self.learner if self.status == Status.COUNTERED else None

    def other(self, user: User) -> User:
        return self.learner if user.pk == self.mentor_id else self.mentor

    def has(self, user: User) -> bool:
        return user.pk in (self.learner_id, self.mentor_id)

    def current_version(self) -> "BookingVersion":
        return self.versions.get(number=self.version)


class BookingVersion(models.Model):
    """One proposal of terms. It is never edited: the next one replaces it."""

    booking = models.ForeignKey(Booking, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("numéro"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("auteur"))
    starts_at = models.DateTimeField(_("début"))
    duration_minutes = models.PositiveSmallIntegerField(_("durée en minutes"))
    objectives = models.TextField(_("objectifs"), max_length=2000)
    note = models.TextField(_("message"), max_length=1000, blank=True)
    content_hash = models.CharField(_("empreinte"), max_length=64)
    created_at = models.DateTimeField(_("proposée le"))

    class Meta:
        verbose_name = _("version")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["booking", "number"], name="version_number_once")]

    def __str__(self) -> str:
        return f"{self.booking_id} v{self.number}"

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.duration_minutes)

    @property
    def maximum_cents(self) -> int:
        return rules.maximum_cents(self.booking.hourly_rate_cents, self.duration_minutes)

    def terms(self) -> dict[str, Any]:
        """Everything both people agree on; the hash is taken over this.

        The number is part of it: whoever proposed something else since must agree anew to terms he once accepted.
        """
        booking = self.booking
        return {
            "booking": booking.reference,
            "number": self.number,
            "learner": booking.learner_id,
            "mentor": booking.mentor_id,
            "subject": booking.subject,
            "hourly_rate_cents": booking.hourly_rate_cents,
            "commission_basis_points": booking.commission_basis_points,
            "vat_regime": booking.vat_regime,
            "time_zone": booking.time_zone,
            "starts_at": self.starts_at,
            "duration_minutes": self.duration_minutes,
            "objectives": self.objectives,
        }


class VersionAcceptance(models.Model):
    """Who accepted which exact content, and when."""

    version = models.ForeignKey(BookingVersion, models.PROTECT, related_name="acceptances")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    content_hash = models.CharField(max_length=64)
    accepted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "user"], name="accepted_once_per_person")]

    def __str__(self) -> str:
        return f"{self.version_id}: {self.user_id}"


class BookingEvent(models.Model):
    """One move of the booking: from, to, who, why, when. Append only."""

    booking = models.ForeignKey(Booking, models.PROTECT, related_name="events")
    from_status = models.CharField(max_length=16, choices=Status, blank=True)
    to_status = models.CharField(max_length=16, choices=Status)
    # None: time passed, or the bank answered.
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("étape")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.from_status}→{self.to_status}"


class Cancellation(models.Model):
    """Who gave up a booking, when and why."""

    booking = models.OneToOneField(Booking, models.PROTECT, related_name="cancellation")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("par"))
    at = models.DateTimeField(_("le"))
    reason = models.CharField(_("raison"), max_length=500, blank=True)
    returned_cents = models.BigIntegerField(_("rendu"))
    # What both consented to, when it was canceled by common consent.
    proposal = models.OneToOneField(
        "bookings.JointProposal", models.PROTECT, null=True, blank=True, related_name="cancellation"
    )

    class Meta:
        verbose_name = _("annulation")

    def __str__(self) -> str:
        return f"{self.booking_id}"


class EarlyStartRequest(models.Model):
    """The learner asked that the service start before the end of the 14 days of withdrawal."""

    booking = models.OneToOneField(Booking, models.PROTECT, related_name="early_start")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text_version = models.CharField(max_length=20)

    def __str__(self) -> str:
        return f"{self.booking_id}"


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def due(self, now: datetime) -> "ReminderQuerySet":
        return self.filter(sent_at=None, due_at__lte=now)


class Reminder(models.Model):
    """A reminder to send at a time, to both people."""

    booking = models.ForeignKey(Booking, models.CASCADE, related_name="reminders")
    kind = models.CharField(max_length=12, choices=ReminderKind)
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[ReminderQuerySet] = ReminderQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["booking", "kind"], name="reminder_once")]
        indexes = [models.Index(fields=["due_at"], condition=Q(sent_at=None), name="reminder_due")]

    def __str__(self) -> str:
        return f"{self.booking_id} {self.kind}"


class CalendarFeed(models.Model):
    """The private address at which a member's own calendars read his sessions.

    Whoever reads this table does not learn it: the key in the address is computed from the reference with the secret of
    the site. A new reference ends the old address.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feed")
    reference = ReferenceField()
    # Of the address in force.
    created_at = models.DateTimeField(_("créée le"))

    class Meta:
        verbose_name = _("agenda personnel")
        verbose_name_plural = _("agendas personnels")

    def __str__(self) -> str:
        return f"{self.user_id}"
