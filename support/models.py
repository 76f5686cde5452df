"""Why people write to the team, and what they write."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from core.fields import ReferenceField
from core.files.models import KeptFile
from support.keys import key_of
from support.rules import HOURS_PER_DAY
from support.states import FINISHED, LIVE, QUEUED, TicketStatus


class Team(models.TextChoices):
    SUPPORT = "support", _("assistance")
    MODERATION = "moderation", _("modération")
    FINANCE = "finance", _("finance")


class Priority(models.IntegerChoices):
    """In the order of the queue."""

    URGENT = 1, _("urgente")
    HIGH = 2, _("haute")
    NORMAL = 3, _("normale")


class Ask(models.TextChoices):
    """What the form of a motive may ask beside the message. `support.questions` draws each."""

    SESSION = "session", _("la session concernée")
    INVOICE = "invoice", _("la facture concernée")
    TRAINING = "training", _("la formation concernée")
    PERSON = "person", _("la personne concernée")
    DAY = "day", _("la date")
    AMOUNT = "amount", _("le montant")
    DEVICE = "device", _("l’appareil")
    BROWSER = "browser", _("le navigateur")
    PLACE = "place", _("l’adresse de la page")
    ERROR = "error", _("la référence de l’erreur")


class MotiveQuerySet(models.QuerySet["Motive"]):
    def shown(self) -> "MotiveQuerySet":
        return self.filter(is_shown=True)


class Motive(models.Model):
    """« Motif »: why somebody writes. Its help comes before the form; it says who answers, and until when."""

    slug = models.SlugField(_("adresse"), max_length=60, unique=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("sous")
    )
    # Who sees it: a name of `support.audiences`.
    audience = models.CharField(_("pour"), max_length=30, default="everybody")
    label = models.CharField(_("libellé"), max_length=90)
    help = models.TextField(_("aide, lue avant le formulaire"), max_length=2000, blank=True)
    # What people type when they look for it, beside the words of the label and the help.
    keywords = models.TextField(_("mots cherchés"), max_length=500, blank=True)
    # One per line: words | address.
    links = models.TextField(_("liens de l’aide"), max_length=1000, blank=True)
    asks = ArrayField(
        models.CharField(max_length=12, choices=Ask), verbose_name=_("demande aussi"), default=list, blank=True
    )
    requires = ArrayField(
        models.CharField(max_length=12, choices=Ask), verbose_name=_("exige"), default=list, blank=True
    )
    # A name of `support.destinations`: a screen that does it itself. Empty for the form.
    leads_to = models.CharField(_("mène à"), max_length=30, blank=True)
    # « Autre »: asks to check that nothing else fits (OC-134).
    is_last_resort = models.BooleanField(_("dernier recours"), default=False)
    team = models.CharField(_("équipe"), max_length=12, choices=Team, default=Team.SUPPORT)
    priority = models.PositiveSmallIntegerField(_("priorité"), choices=Priority, default=Priority.NORMAL)
    target_hours = models.PositiveSmallIntegerField(
        _("réponse visée, en heures des jours ouvrés"),
        default=72,
        validators=[MinValueValidator(1), MaxValueValidator(744)],
    )
    order = models.PositiveSmallIntegerField(_("ordre"), default=0)
    is_shown = models.BooleanField(_("affiché"), default=True)

    objects: ClassVar[MotiveQuerySet] = MotiveQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("motif")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(target_hours__gte=1), name="motive_has_target"),
            models.CheckConstraint(condition=Q(priority__gte=1, priority__lte=3), name="motive_priority"),
        ]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return reverse("support:motive", args=[self.slug])

    @property
    def help_links(self) -> list[tuple[str, str]]:
        """Words and address of each."""
        pairs = (line.partition("|") for line in self.links.splitlines() if "|" in line)
        return [(words.strip(), address.strip()) for words, _bar, address in pairs]

    @property
    def target_words(self) -> str:
        """« 3 jours ouvrés »."""
        days, rest = divmod(self.target_hours, HOURS_PER_DAY)
        if rest:
            return ngettext("%(n)d\u00a0heure ouvrée", "%(n)d\u00a0heures ouvrées", self.target_hours) % {
                "n": self.target_hours
            }
        return ngettext("%(n)d\u00a0jour ouvré", "%(n)d\u00a0jours ouvrés", days) % {"n": days}


class TicketQuerySet(models.QuerySet["Ticket"]):
    def to_close(self, now: datetime) -> "TicketQuerySet":
        """Its author did not answer in time."""
        return self.filter(status=TicketStatus.WAITING, closes_at__lte=now)

    def of(self, user: User) -> "TicketQuerySet":
        return self.filter(author=user)


class Ticket(models.Model):
    """« Demande »: what somebody asks of the team, by a member or by a visitor who left his address."""

    reference = ReferenceField()
    motive = models.ForeignKey(Motive, models.PROTECT, related_name="tickets", verbose_name=_("motif"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="tickets",
        verbose_name=_("membre"),
    )
    visitor_name = models.CharField(_("nom"), max_length=120, blank=True)
    visitor_email = models.EmailField(_("adresse e-mail"), blank=True)
    # Of a visitor; a member's is his account's.
    language = models.CharField(_("langue"), max_length=8, choices=settings.LANGUAGES, default="fr")
    # What it is about: `booking:…`, `invoice:…`.
    subject = models.CharField(_("objet"), max_length=80, blank=True, db_index=True)
    # What the motive asked: label, value, and the reference of what was chosen.
    answers = models.JSONField(_("réponses"), default=list, blank=True)
    team = models.CharField(_("équipe"), max_length=12, choices=Team)
    priority = models.PositiveSmallIntegerField(_("priorité"), choices=Priority)
    due_at = models.DateTimeField(_("réponse visée avant le"))
    status = models.CharField(_("état"), max_length=10, choices=TicketStatus, default=TicketStatus.RECEIVED)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("prise par")
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name=_("réunie à")
    )
    # Given by the form: a request sent twice is one.
    client_id = models.UUIDField()
    created_at = models.DateTimeField(_("reçue le"))
    # Since when the team, or the person, owes the next word.
    since = models.DateTimeField(_("dans cet état depuis"))
    # While the person's answer is awaited: when he is reminded, and when it closes by itself.
    warn_at = models.DateTimeField(_("rappel le"), null=True, blank=True)
    closes_at = models.DateTimeField(_("se ferme le"), null=True, blank=True)

    objects: ClassVar[TicketQuerySet] = TicketQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("demande")
        verbose_name_plural = _("demandes")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(author__isnull=False, visitor_email="") | Q(author=None) & ~Q(visitor_email=""),
                name="ticket_of_member_or_visitor",
            ),
            models.CheckConstraint(
                condition=Q(status=TicketStatus.WAITING, closes_at__isnull=False)
                | ~Q(status=TicketStatus.WAITING) & Q(closes_at=None, warn_at=None),
                name="ticket_closes_while_it_waits",
            ),
            models.CheckConstraint(
                condition=Q(status=TicketStatus.MERGED, merged_into__isnull=False)
                | ~Q(status=TicketStatus.MERGED) & Q(merged_into=None),
                name="ticket_merged_into_another",
            ),
            models.UniqueConstraint(fields=["author", "client_id"], name="ticket_of_member_once"),
            models.UniqueConstraint(
                fields=["visitor_email", "client_id"], condition=Q(author=None), name="ticket_of_visitor_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["priority", "due_at"], condition=Q(status__in=sorted(QUEUED)), name="ticket_waiting_for_team"
            ),
            models.Index(fields=["author", "-created_at"], name="ticket_of_author"),
            models.Index(
                fields=["since"], condition=Q(author=None, status__in=sorted(FINISHED)), name="ticket_of_visitor_ended"
            ),
            models.Index(
                fields=["closes_at"], condition=Q(status=TicketStatus.WAITING), name="ticket_waiting_for_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} – {self.motive.label}"

    @property
    def number(self) -> str:
        """What people read out and copy; the whole reference is for addresses."""
        return self.reference[:8].upper()

    @property
    def address(self) -> str:
        """Where its author reads it: a visitor's holds a secret."""
        if self.author_id:
            return reverse("support:ticket", args=[self.reference])
        return reverse("support:visitor_ticket", args=[key_of(self.reference)])

    @property
    def is_live(self) -> bool:
        return self.status in LIVE

    @property
    def waits_for_team(self) -> bool:
        return self.status in QUEUED

    @property
    def waits_for_person(self) -> bool:
        return self.status == TicketStatus.WAITING

    @property
    def is_merged(self) -> bool:
        return self.status == TicketStatus.MERGED

    @property
    def who(self) -> str:
        if self.author:
            return self.author.get_full_name() or self.author.email
        return self.visitor_name or self.visitor_email

    def is_late(self, now: datetime) -> bool:
        return self.waits_for_team and self.due_at < now


class Side(models.TextChoices):
    PERSON = "person", _("la personne")
    TEAM = "team", _("l’équipe")


class TicketMessage(models.Model):
    """Words or files of one side. A visitor has no account: then `side` alone says who wrote."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="messages", verbose_name=_("demande"))
    side = models.CharField(_("de"), max_length=8, choices=Side)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("auteur")
    )
    body = models.TextField(_("texte"), blank=True)
    client_id = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField(_("envoyé le"))

    class Meta:
        verbose_name = _("message")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(side=Side.PERSON) | Q(author__isnull=False), name="ticket_answer_has_author"
            ),
            models.UniqueConstraint(fields=["ticket", "client_id"], name="ticket_message_once"),
        ]

    def __str__(self) -> str:
        return self.body[:60]


class Step(models.TextChoices):
    RECEIVED = "received", _("reçue")
    TAKEN = "taken", _("prise en charge")
    REPLIED = "replied", _("l’équipe a répondu")
    ASKED = "asked", _("l’équipe attend une réponse")
    ANSWERED = "answered", _("la personne a répondu")
    RESOLVED = "resolved", _("résolue par l’équipe")
    CLOSED = "closed", _("fermée par la personne")
    LAPSED = "lapsed", _("fermée sans réponse")
    REOPENED = "reopened", _("rouverte")
    MERGED = "merged", _("réunie à une autre demande")
    PRIORITY = "priority", _("priorité changée")
    MOTIVE = "motive", _("motif changé")


class TicketEvent(models.Model):
    """A step of a request. Rows are added, never edited; nobody stands for the product itself, or for a visitor."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="events", verbose_name=_("demande"))
    step = models.CharField(_("étape"), max_length=10, choices=Step)
    status = models.CharField(_("état"), max_length=10, choices=TicketStatus)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("par")
    )
    reason = models.TextField(_("raison"), blank=True)
    at = models.DateTimeField(_("quand"))

    class Meta:
        verbose_name = _("étape")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return str(self.get_step_display()).capitalize()


class TicketFile(KeptFile):
    """A file sent with a message of a request."""

    folder = "support"

    message = models.ForeignKey(TicketMessage, models.PROTECT, related_name="files", verbose_name=_("message"))

    class Meta:
        verbose_name = _("fichier d’une demande")
        verbose_name_plural = _("fichiers des demandes")
        ordering = ["message", "position"]
        constraints = [models.UniqueConstraint(fields=["message", "position"], name="ticket_files_in_order")]

    def get_absolute_url(self) -> str:
        return self._address("file")

    def get_thumbnail_url(self) -> str:
        return self._address("thumbnail") if self.thumbnail else ""

    def _address(self, name: str) -> str:
        ticket = self.message.ticket
        if ticket.author_id:
            return reverse(f"support:{name}", args=[self.reference])
        return reverse(f"support:visitor_{name}", args=[key_of(ticket.reference), self.reference])
