"""One conversation per pair of members. Other apps post cards into it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.addresses import address_of
from core.fields import ReferenceField
from core.files.models import KeptFile


class ThreadQuerySet(models.QuerySet["Thread"]):
    def of(self, user: User) -> "ThreadQuerySet":
        return self.filter(Q(first=user) | Q(second=user))


class Thread(models.Model):
    """The members are stored in the order of their identifiers, so that a pair has one thread."""

    reference = ReferenceField()
    first = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    second = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("créé le"))
    last_message_at = models.DateTimeField(_("dernier message"))

    objects: ClassVar[ThreadQuerySet] = ThreadQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("conversation")
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="one_thread_per_pair"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="thread_members_in_order"),
        ]
        indexes = [
            models.Index(fields=["first", "-last_message_at"], name="thread_of_first"),
            models.Index(fields=["second", "-last_message_at"], name="thread_of_second"),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return address_of("messaging:thread", self.reference)

    def other(self, user: User) -> User:
        return self.second if user.pk == self.first_id else self.first

    @property
    def member_ids(self) -> tuple[int, int]:
        return self.first_id, self.second_id


class MessageKind(models.TextChoices):
    TEXT = "text", _("message")
    CARD = "card", _("carte")


class MessageQuerySet(models.QuerySet["Message"]):
    def for_reader(self, user: User) -> "MessageQuerySet":
        """What somebody else, or the product, said to this member."""
        return self.filter(Q(author=None) | ~Q(author=user))


class Message(models.Model):
    """Words of a member, or a card: `card` names who draws it, `reference` what it is about, `data` what it says."""

    thread = models.ForeignKey(Thread, models.PROTECT, related_name="messages", verbose_name=_("conversation"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("auteur")
    )
    kind = models.CharField(_("nature"), max_length=8, choices=MessageKind, default=MessageKind.TEXT)
    card = models.CharField(_("carte"), max_length=40, blank=True)
    body = models.TextField(_("texte"), blank=True)
    reference = models.CharField(_("objet"), max_length=80, blank=True, db_index=True)
    data = models.JSONField(default=dict, blank=True)
    # Given by the page that sends: the same message sent twice is stored once.
    client_id = models.UUIDField(null=True, blank=True)
    # Spares the question for the many messages that carry none.
    file_count = models.PositiveSmallIntegerField(_("fichiers"), default=0, db_default=0)
    created_at = models.DateTimeField(_("envoyé le"))

    objects: ClassVar[MessageQuerySet] = MessageQuerySet.as_manager()  # type: ignore[assignment]

    # What a card is about, put there by messaging.cards.load.
    about: object | None = None

    class Meta:
        verbose_name = _("message")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["thread", "-id"], name="message_by_thread"),
            # How much somebody wrote lately.
            models.Index(fields=["author", "-created_at"], condition=Q(kind="text"), name="message_by_author"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["author", "client_id"], condition=Q(client_id__isnull=False), name="message_sent_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="card") & ~Q(card="")
                | Q(kind="text") & (~Q(body="") | Q(file_count__gt=0)) & Q(author__isnull=False),
                name="message_says_something",
            ),
        ]

    def __str__(self) -> str:
        return self.body[:60] or self.card

    @property
    def is_card(self) -> bool:
        return self.kind == MessageKind.CARD


class Attachment(KeptFile):
    """A file sent with a message."""

    folder = "messages"

    message = models.ForeignKey(Message, models.PROTECT, related_name="attachments", verbose_name=_("message"))

    class Meta:
        verbose_name = _("fichier joint")
        verbose_name_plural = _("fichiers joints")
        ordering = ["message", "position"]
        constraints = [models.UniqueConstraint(fields=["message", "position"], name="attachments_in_order")]

    def get_absolute_url(self) -> str:
        return reverse("messaging:attachment", args=[self.reference])

    def get_thumbnail_url(self) -> str:
        return reverse("messaging:thumbnail", args=[self.reference]) if self.thumbnail else ""


class ThreadState(models.Model):
    """How far a member has read a thread, and when he was last written to about it."""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="states")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    last_read_id = models.BigIntegerField(default=0)
    # The oldest unread words, or None when everything is read: what the e-mail of K-16 waits on.
    unread_since = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thread", "user"], name="one_state_per_reader")]
        indexes = [
            models.Index(fields=["unread_since"], condition=Q(unread_since__isnull=False), name="thread_state_unread")
        ]

    def __str__(self) -> str:
        return f"{self.thread_id}: {self.user_id}"


class Block(models.Model):
    """A member who wants nothing more from another: between them nobody writes until it is lifted."""

    blocker = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("qui a bloqué")
    )
    blocked = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("personne bloquée")
    )
    created_at = models.DateTimeField(_("le"))

    class Meta:
        verbose_name = _("blocage")
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["blocker", "blocked"], name="blocked_once"),
            models.CheckConstraint(condition=~Q(blocker=F("blocked")), name="nobody_blocks_himself"),
        ]

    def __str__(self) -> str:
        return f"{self.blocker_id}: {self.blocked_id}"


class Topic(models.TextChoices):
    """Why somebody reports a message or a person."""

    INSULT = "insult", _("Insultes, menaces ou harcèlement")
    SEXUAL = "sexual", _("Propos ou images à caractère sexuel")
    SCAM = "scam", _("Arnaque, ou demande de payer ailleurs")
    ADVERTISING = "advertising", _("Publicité ou messages en nombre")
    PRETENDING = "pretending", _("Se fait passer pour quelqu’un d’autre")
    OTHER = "other", _("Autre chose")


class Outcome(models.TextChoices):
    UPHELD = "upheld", _("suite donnée")
    DISMISSED = "dismissed", _("sans suite")


class Report(models.Model):
    """A message or a person shown to the team. What the message said is kept with it."""

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("signalé par")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("personne signalée")
    )
    thread = models.ForeignKey(Thread, models.PROTECT, related_name="reports", verbose_name=_("conversation"))
    message = models.ForeignKey(
        Message, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("message signalé")
    )
    topic = models.CharField(_("motif"), max_length=12, choices=Topic)
    words = models.TextField(_("ce qui s’est passé"), max_length=2000, blank=True)
    # Given by the form: a report sent twice is one.
    client_id = models.UUIDField(unique=True)
    created_at = models.DateTimeField(_("signalé le"))
    outcome = models.CharField(_("décision"), max_length=10, choices=Outcome, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("décidé par")
    )
    decided_at = models.DateTimeField(_("décidé le"), null=True, blank=True)
    reason = models.TextField(_("raison"), blank=True)

    class Meta:
        verbose_name = _("signalement")
        ordering = ["created_at"]
        indexes = [models.Index(fields=["created_at"], condition=Q(decided_at=None), name="report_waiting")]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_at=None, outcome="") | Q(decided_at__isnull=False) & ~Q(outcome=""),
                name="report_decided_with_outcome",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_topic_display())
