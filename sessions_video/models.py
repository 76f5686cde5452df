"""The video session of a booking and everything its meter knows. All instants are integer milliseconds since 1970.

Only `services.writer` writes these rows, under the lock of the video session.
"""

import uuid
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from bookings.models import Booking
from core.money import price_cents
from sessions_video.states import PENDING, UNFUNDED, Cause, ExtensionStatus, Phase, Role


class Int8Range(Func):
    function = "INT8RANGE"
    output_field = BigIntegerRangeField()


def _values(enum: type[Phase] | type[Cause] | type[Role]) -> list[str]:
    return [member.value for member in enum]


_UNFUNDED = sorted(UNFUNDED)
_ANSWERABLE = [ExtensionStatus.ASKED, ExtensionStatus.ACCEPTED, ExtensionStatus.REFUSED]


class VideoSessionQuerySet(models.QuerySet["VideoSession"]):
    def of(self, user: User) -> "VideoSessionQuerySet":
        return self.filter(Q(booking__learner=user) | Q(booking__mentor=user))

    def with_people(self) -> "VideoSessionQuerySet":
        return self.select_related("booking__learner__page", "booking__mentor__page")

    def due(self, at: int) -> "VideoSessionQuerySet":
        return self.filter(next_action_at__lte=at).order_by("next_action_at")

    def to_close(self) -> "VideoSessionQuerySet":
        """Ended, and the booking does not know yet."""
        return self.filter(phase=Phase.ENDED, handed_over_at=None)


class VideoSession(models.Model):
    """Terms copied from the confirmed booking, and the state of the meter (`sessions_video.rules`)."""

    booking = models.OneToOneField(Booking, models.PROTECT, related_name="video_session", verbose_name=_("réservation"))
    day = models.DateField(_("jour"))
    time_zone = models.CharField(_("fuseau horaire"), max_length=64)
    day_start = models.BigIntegerField()
    day_end = models.BigIntegerField()
    rate_cents = models.BigIntegerField(_("tarif horaire"))
    limit_ms = models.BigIntegerField(_("temps payé possible"))
    free_ms = models.BigIntegerField(_("temps gratuit"))
    window_ms = models.BigIntegerField()

    phase = models.CharField(_("état"), max_length=16, default=Phase.SCHEDULED)
    end_reason = models.CharField(_("fin"), max_length=16, blank=True)
    ended_at = models.BigIntegerField(null=True)
    accumulated_ms = models.BigIntegerField(_("temps ensemble"), default=0)
    running_since = models.BigIntegerField(null=True)
    pending_stop_at = models.BigIntegerField(null=True)
    pending_stop_cause = models.CharField(max_length=16, blank=True)
    pending_stop_role = models.CharField(max_length=8, blank=True)
    limit_reached_at = models.BigIntegerField(null=True)
    end_asked_by = models.CharField(max_length=8, blank=True)
    last_ms = models.BigIntegerField(default=0)
    next_action_at = models.BigIntegerField(null=True)
    # Grows with each change that the pages have to show.
    revision = models.BigIntegerField(default=0)
    in_progress_at = models.DateTimeField(_("signalée en cours le"), null=True)
    handed_over_at = models.DateTimeField(_("remise à la réservation le"), null=True)

    objects: ClassVar[VideoSessionQuerySet] = VideoSessionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("session vidéo")
        verbose_name_plural = _("sessions vidéo")
        constraints = [
            models.CheckConstraint(condition=Q(phase__in=_values(Phase)), name="room_phase_known"),
            models.CheckConstraint(
                condition=Q(accumulated_ms__gte=0, accumulated_ms__lte=F("free_ms") + F("limit_ms")),
                name="room_never_over_limit",
            ),
            models.CheckConstraint(
                condition=Q(free_ms__gte=0, limit_ms__gt=0, window_ms__gte=0, rate_cents__gt=0), name="room_terms"
            ),
            models.CheckConstraint(condition=Q(day_end__gt=F("day_start")), name="room_day_positive"),
            models.CheckConstraint(
                condition=Q(running_since=None) | Q(phase=Phase.OPEN, running_since__gte=F("day_start")),
                name="room_runs_while_open",
            ),
            models.CheckConstraint(
                condition=Q(pending_stop_at=None) | Q(running_since__isnull=False), name="room_stop_of_a_segment"
            ),
            models.CheckConstraint(
                condition=Q(phase=Phase.LIMIT_REACHED, limit_reached_at__isnull=False)
                | Q(limit_reached_at=None) & ~Q(phase=Phase.LIMIT_REACHED),
                name="room_limit_has_instant",
            ),
            models.CheckConstraint(
                condition=Q(phase=Phase.ENDED, ended_at__isnull=False, next_action_at=None) & ~Q(end_reason="")
                | Q(ended_at=None, end_reason="", next_action_at__isnull=False, handed_over_at=None)
                & ~Q(phase=Phase.ENDED),
                name="room_end_is_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["next_action_at"], condition=Q(next_action_at__isnull=False), name="room_due"),
            models.Index(fields=["id"], condition=Q(phase="ended", handed_over_at=None), name="room_to_close"),
        ]

    def __str__(self) -> str:
        return f"{self.booking_id} {self.day}"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def group(self) -> str:
        """The channel-layer group of both pages."""
        return f"room.{self.pk}"

    def role_of(self, user: User) -> Role:
        return Role.MENTOR if user.pk == self.booking.mentor_id else Role.LEARNER

    def person(self, role: Role) -> User:
        return self.booking.mentor if role is Role.MENTOR else self.booking.learner

    @property
    def billed_seconds(self) -> int:
        """Of closed segments: final once the session has ended."""
        return max(0, self.accumulated_ms - self.free_ms) // 1000

    @property
    def amount_cents(self) -> int:
        return price_cents(self.rate_cents, self.billed_seconds)


class Lease(models.Model):
    """One joined page: its person is present from `opened_at`, and confirmed until `last_seen`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    video_session = models.ForeignKey(VideoSession, models.PROTECT, related_name="leases")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    role = models.CharField(max_length=8)
    page = models.UUIDField()
    worker = models.CharField(max_length=64)
    opened_at = models.BigIntegerField()
    last_seen = models.BigIntegerField()
    closed_at = models.BigIntegerField(null=True)
    close_reason = models.CharField(max_length=16, blank=True)
    # This page says that neither image nor sound pass.
    media_failed = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["video_session", "role"], condition=Q(closed_at=None), name="one_open_lease_per_role"
            ),
            # SK-11: a mentor is in one room at a time.
            models.UniqueConstraint(
                fields=["user"], condition=Q(closed_at=None, role="mentor"), name="one_live_room_per_mentor"
            ),
            models.CheckConstraint(condition=Q(role__in=_values(Role)), name="lease_role_known"),
            models.CheckConstraint(condition=Q(last_seen__gte=F("opened_at")), name="lease_seen_after_opening"),
            models.CheckConstraint(
                condition=Q(closed_at=None, close_reason="") | Q(closed_at__gte=F("opened_at")) & ~Q(close_reason=""),
                name="lease_close_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.video_session_id} {self.role}"


class Segment(models.Model):
    """A span of co-presence, end excluded: what money is computed from. Never edited, never deleted."""

    video_session = models.ForeignKey(VideoSession, models.PROTECT, related_name="segments")
    started_at = models.BigIntegerField()
    ended_at = models.BigIntegerField()
    cause = models.CharField(max_length=16)
    role = models.CharField(max_length=8, blank=True)

    class Meta:
        ordering = ["started_at"]
        constraints = [
            models.CheckConstraint(condition=Q(ended_at__gt=F("started_at")), name="segment_positive"),
            models.CheckConstraint(condition=Q(cause__in=_values(Cause)), name="segment_cause_known"),
            ExclusionConstraint(
                name="segments_do_not_overlap",
                expressions=[
                    (F("video_session"), RangeOperators.EQUAL),
                    (Int8Range("started_at", "ended_at"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.started_at}–{self.ended_at}"


class Visit(models.Model):
    """A span in which one person had the room open, before or during the call, to within a few seconds."""

    video_session = models.ForeignKey(VideoSession, models.PROTECT, related_name="visits")
    role = models.CharField(max_length=8)
    opened_at = models.BigIntegerField()
    last_seen = models.BigIntegerField()

    class Meta:
        ordering = ["opened_at"]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=_values(Role)), name="visit_role_known"),
            models.CheckConstraint(condition=Q(last_seen__gte=F("opened_at")), name="visit_seen_after_opening"),
        ]
        indexes = [models.Index(fields=["video_session", "role", "-last_seen"], name="visit_latest")]

    def __str__(self) -> str:
        return f"{self.role} {self.opened_at}–{self.last_seen}"


class Extension(models.Model):
    """The learner's wish to go on, and what became of it (K-4). `ms` and the price never change.

    `asked_at`: when the mentor was asked; until then the money was being brought together.
    """

    video_session = models.ForeignKey(VideoSession, models.PROTECT, related_name="extensions")
    # Given by the page: asked twice, it is one extension.
    request_id = models.UUIDField(unique=True)
    ms = models.BigIntegerField(_("durée (ms)"))
    price_cents = models.BigIntegerField(_("prix"))
    # The part the learner agreed to pay by card.
    card_cents = models.BigIntegerField(_("part par carte"))
    # Which hold of the booking its acceptance makes.
    hold_number = models.PositiveSmallIntegerField()
    status = models.CharField(_("état"), max_length=10, choices=ExtensionStatus, default=ExtensionStatus.PREPARING)
    begun_at = models.BigIntegerField()
    asked_at = models.BigIntegerField(null=True)
    expires_at = models.BigIntegerField()
    decided_at = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("prolongation")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["video_session"], condition=Q(status__in=sorted(PENDING)), name="one_pending_extension"
            ),
            models.UniqueConstraint(
                fields=["video_session", "hold_number"],
                condition=Q(status=ExtensionStatus.ACCEPTED),
                name="extension_held_once",
            ),
            models.CheckConstraint(condition=Q(status__in=ExtensionStatus.values), name="extension_status_known"),
            models.CheckConstraint(
                condition=Q(ms__gt=0, price_cents__gt=0, card_cents__gte=0, hold_number__gte=2), name="extension_terms"
            ),
            models.CheckConstraint(
                condition=Q(status__in=sorted(PENDING), decided_at=None)
                | Q(decided_at__isnull=False, decided_at__gte=F("begun_at")) & ~Q(status__in=sorted(PENDING)),
                name="extension_decision_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(status__in=_UNFUNDED, asked_at=None)
                | Q(status__in=_ANSWERABLE, asked_at__isnull=False, asked_at__gte=F("begun_at"))
                | Q(status__in=[ExtensionStatus.LAPSED, ExtensionStatus.WITHDRAWN]),
                name="extension_mentor_was_asked",
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("begun_at")), name="extension_expires_later"),
        ]

    def __str__(self) -> str:
        return f"{self.minutes} min, {self.status}"

    @property
    def minutes(self) -> int:
        return self.ms // 60_000


class EventKind(models.TextChoices):
    JOINED = "joined", _("entre")
    LEFT = "left", _("sort")
    LOST = "lost", _("connexion perdue")
    REPLACED = "replaced", _("change de page")
    MEDIA_FAILED = "media_failed", _("signale que l’image et le son ne passent plus")
    MEDIA_BACK = "media_back", _("signale que l’image et le son passent de nouveau")
    PAID_STARTED = "paid_started", _("démarre la session payante")
    END_ASKED = "end_asked", _("demande à terminer")
    END_DROPPED = "end_dropped", _("renonce à terminer")
    LIMIT_REACHED = "limit_reached", _("temps prévu écoulé")
    EXTENSION_ASKED = "extend_asked", _("demande une prolongation")
    EXTENSION_ACCEPTED = "extend_accepted", _("accepte la prolongation")
    EXTENSION_REFUSED = "extend_refused", _("refuse la prolongation")
    EXTENSION_LAPSED = "extend_lapsed", _("prolongation sans réponse")
    EXTENSION_WITHDRAWN = "extend_withdrawn", _("retire sa demande de prolongation")
    ENDED = "ended", _("session terminée")


class RoomEvent(models.Model):
    """What happened in the room, in order: read by support, never edited. No actor: time alone decided."""

    video_session = models.ForeignKey(VideoSession, models.PROTECT, related_name="events")
    at = models.BigIntegerField()
    kind = models.CharField(max_length=16, choices=EventKind)
    role = models.CharField(max_length=8, blank=True)
    detail = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.role}".strip()


class ReportTopic(models.TextChoices):
    SOUND = "sound", _("Son")
    IMAGE = "image", _("Image")
    CONNECTION = "connection", _("Connexion")
    SHARING = "sharing", _("Partage d’écran")
    BEHAVIOR = "behavior", _("Comportement")
    OTHER = "other", _("Autre")


class RoomReport(models.Model):
    """What somebody says went wrong in the room, with what his own page measured: a claim, never money."""

    video_session = models.ForeignKey(
        VideoSession, models.PROTECT, related_name="reports", verbose_name=_("session vidéo")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="room_reports", verbose_name=_("membre")
    )
    # Given by the page: sent twice, it is one report.
    client_id = models.UUIDField()
    created_at = models.DateTimeField(_("reçu le"))
    topic = models.CharField(_("sujet"), max_length=10, choices=ReportTopic)
    words = models.TextField(_("message"), blank=True, max_length=2000)
    statistics = models.JSONField(_("mesures"), default=dict)

    class Meta:
        verbose_name = _("signalement de la salle")
        verbose_name_plural = _("signalements de la salle")
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["author", "client_id"], name="room_report_once"),
            models.CheckConstraint(condition=Q(topic__in=ReportTopic.values), name="room_report_topic_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_topic_display()}, {self.video_session}"
