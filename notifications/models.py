"""What members are told: the line in the product and the e-mail, both written with the fact they announce."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.fields import ReferenceField


class NoticeQuerySet(models.QuerySet["Notice"]):
    def unread(self) -> "NoticeQuerySet":
        return self.filter(read_at=None)

    def of(self, user: User) -> "NoticeQuerySet":
        return self.filter(recipient=user)


class Notice(models.Model):
    """One line of the page « Notifications », in the language the recipient had at that moment."""

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices", verbose_name=_("destinataire")
    )
    kind = models.CharField(_("nature"), max_length=60)
    reference = models.CharField(_("objet"), max_length=80, blank=True)
    text = models.CharField(_("texte"), max_length=300)
    url = models.CharField(_("adresse"), max_length=300)
    created_at = models.DateTimeField(_("le"))
    read_at = models.DateTimeField(_("lue le"), null=True, blank=True)

    objects: ClassVar[NoticeQuerySet] = NoticeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("notification")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["recipient", "-created_at"], name="notice_by_recipient"),
            models.Index(fields=["recipient"], condition=Q(read_at=None), name="notice_unread"),
        ]

    def __str__(self) -> str:
        return self.text


class TextAnnouncement(models.Model):
    """A member was told of a version of a legal text before it was in force: once, and the proof of it."""

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="text_announcements", verbose_name=_("destinataire")
    )
    document = models.CharField(_("texte"), max_length=40)
    version = models.CharField(_("version"), max_length=20)
    told_at = models.DateTimeField(_("annoncé le"))

    class Meta:
        verbose_name = _("annonce d’un texte")
        constraints = [
            models.UniqueConstraint(fields=["recipient", "document", "version"], name="text_announced_once"),
        ]

    def __str__(self) -> str:
        return f"{self.document} {self.version}"


class MutedKind(models.Model):
    """A kind of notice a member no longer wants by e-mail. Only kinds declared mutable can be muted."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="muted_kinds")
    kind = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="kind_muted_once")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.kind}"


class DailyKind(models.Model):
    """A kind of notice a member wants once a day, all together. Only kinds declared `daily` can be."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="daily_kinds")
    kind = models.CharField(max_length=60)
    # The last time all of it was sent.
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="kind_daily_once")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.kind}"


class EmailQuerySet(models.QuerySet["Email"]):
    def due(self, now: datetime) -> "EmailQuerySet":
        return self.filter(sent_at=None, next_attempt_at__lte=now)


class Email(models.Model):
    """An e-mail to send, complete: a worker only hands it over. A repeat keeps its Message-ID, so it is recognised."""

    reference = ReferenceField()
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="emails",
        verbose_name=_("destinataire"),
    )
    kind = models.CharField(_("nature"), max_length=60)
    message_id = models.CharField(max_length=160, unique=True)
    to = models.EmailField(_("à"))
    subject = models.CharField(_("objet"), max_length=300)
    body_text = models.TextField(_("texte"))
    body_html = models.TextField(_("HTML"), blank=True)
    # Where a mail program may end e-mails of this kind (RFC 8058); empty when they cannot be ended.
    unsubscribe_url = models.CharField(max_length=300, blank=True, db_default="")
    created_at = models.DateTimeField(_("créé le"))
    next_attempt_at = models.DateTimeField(_("prochain essai"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("essais"), default=0)
    last_error = models.CharField(_("dernière erreur"), max_length=300, blank=True)
    sent_at = models.DateTimeField(_("envoyé le"), null=True, blank=True)

    objects: ClassVar[EmailQuerySet] = EmailQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("e-mail")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["next_attempt_at"], condition=Q(sent_at=None), name="email_due")]

    def __str__(self) -> str:
        return self.subject


class EmailAttachment(models.Model):
    email = models.ForeignKey(Email, models.CASCADE, related_name="attachments")
    filename = models.CharField(max_length=120)
    # May carry parameters: `text/calendar; method=REQUEST`.
    mimetype = models.CharField(max_length=120)
    content = models.BinaryField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.filename
