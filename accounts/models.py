"""Members and what they say of themselves."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.states import GONE, ClosingStatus, ExportStatus
from core.fields import ReferenceField
from core.files.models import private_storage

# Stands for somebody who is no longer there: stored, so that every page shows it.
ERASED_NAME = "Membre supprimé"


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, **fields, is_staff=True, is_superuser=True)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


def full_name(first_name: str, last_name: str) -> str:
    return f"{first_name} {last_name}".strip()


def short_name(first_name: str) -> str:
    return first_name or str(_("Membre"))


class Theme(models.TextChoices):
    SYSTEM = "system", _("Comme mon appareil")
    LIGHT = "light", _("Clair")
    DARK = "dark", _("Sombre")


class User(AbstractBaseUser, PermissionsMixin):
    """A member. He logs in with his e-mail address, which nobody else ever sees."""

    email = models.EmailField(_("adresse e-mail"), unique=True)
    first_name = models.CharField(_("prénom"), max_length=60, blank=True)
    last_name = models.CharField(_("nom"), max_length=60, blank=True)
    time_zone = models.CharField(_("fuseau horaire"), max_length=64, default="Europe/Paris")
    language = models.CharField(_("langue"), max_length=8, choices=settings.LANGUAGES, default="fr")
    theme = models.CharField(_("thème"), max_length=8, choices=Theme, default=Theme.SYSTEM)
    is_active = models.BooleanField(_("actif"), default=True)
    is_staff = models.BooleanField(_("équipe"), default=False)
    date_joined = models.DateTimeField(_("inscrit le"), auto_now_add=True)
    # Nothing personal is left of him: the row only holds the accounting together.
    erased_at = models.DateTimeField(_("effacé le"), null=True, blank=True, editable=False)
    # How often he signed out everywhere: sessions of an earlier round are no longer his.
    session_round = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("membre")
        verbose_name_plural = _("membres")
        permissions = [
            ("warn_member", _("Peut avertir un membre")),
            ("suspend_member", _("Peut suspendre et rétablir un membre")),
            ("view_as_member", _("Peut voir le site comme un membre, en lecture")),
            ("give_role", _("Peut donner et retirer les rôles de l’équipe")),
        ]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once"),
            # Logins compare addresses as they are stored.
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_lower_case"),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    def get_full_name(self) -> str:
        if self.erased_at:
            return str(_("Membre supprimé"))
        return full_name(self.first_name, self.last_name)

    def get_short_name(self) -> str:
        if self.erased_at:
            return str(_("Membre supprimé"))
        return short_name(self.first_name)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What each session must know. Django makes it of the password alone."""
        known: str = super()._get_session_auth_hash(secret=secret)  # type: ignore[misc]  # missing in the stubs
        if not self.session_round:
            return known
        return salted_hmac(
            "accounts.session_round", f"{known}{self.session_round}", secret=secret, algorithm="sha256"
        ).hexdigest()

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


@dataclass(frozen=True)
class Face:
    """A member of a public list, where no erased account stands: columns, for many at a time, not a whole account."""

    first_name: str
    last_name: str
    photo_url: str

    def get_full_name(self) -> str:
        return full_name(self.first_name, self.last_name)

    def get_short_name(self) -> str:
        return short_name(self.first_name)


class MemberPage(models.Model):
    """« Page personnelle »: what a member shows to everybody. His skills live in `catalog`."""

    user = models.OneToOneField(User, models.CASCADE, related_name="page", verbose_name=_("membre"))
    slug = models.SlugField(_("adresse de la page"), max_length=80, unique=True)
    photo = models.ImageField(_("photo"), upload_to="portraits/", blank=True)
    headline = models.CharField(_("titre"), max_length=120, blank=True)
    position = models.CharField(_("poste actuel"), max_length=160, blank=True)
    education = models.TextField(_("formation et diplômes"), max_length=2000, blank=True)
    presentation = models.TextField(_("présentation"), max_length=4000, blank=True)
    linkedin_url = models.URLField(_("profil LinkedIn"), blank=True)
    languages = models.CharField(_("langues parlées"), max_length=120, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("page personnelle")
        verbose_name_plural = _("pages personnelles")

    def __str__(self) -> str:
        return self.slug

    def get_absolute_url(self) -> str:
        return reverse("pages:profile", args=[self.slug])


def photo_url(name: str) -> str:
    """The address of a portrait by the name of its file; empty without one."""
    return str(MemberPage._meta.get_field("photo").storage.url(name)) if name else ""


class LegalAcceptance(models.Model):
    """Which version of which legal text a member accepted, and when."""

    user = models.ForeignKey(User, models.PROTECT, related_name="legal_acceptances", verbose_name=_("membre"))
    document = models.CharField(_("texte"), max_length=40)
    version = models.CharField(_("version"), max_length=20)
    accepted_at = models.DateTimeField(_("accepté le"))

    class Meta:
        verbose_name = _("acceptation")
        constraints = [
            models.UniqueConstraint(fields=["user", "document", "version"], name="legal_acceptance_once"),
        ]

    def __str__(self) -> str:
        return f"{self.document} {self.version}"


class AuditEntry(models.Model):
    """Who of the team did what, to whom, and why. Never edited, never deleted."""

    actor = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("qui"))
    action = models.CharField(_("action"), max_length=80)
    reference = models.CharField(_("objet"), max_length=80)
    reason = models.TextField(_("raison"), blank=True)
    at = models.DateTimeField(_("quand"))

    class Meta:
        verbose_name = _("trace")
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.action} {self.reference}"


class ClosingQuerySet(models.QuerySet["Closing"]):
    def gone(self) -> "ClosingQuerySet":
        """Of members who are not there, or no longer."""
        return self.filter(status__in=GONE)

    def to_erase(self, now: datetime) -> "ClosingQuerySet":
        return self.filter(status__in=[ClosingStatus.CLOSED, ClosingStatus.ERASING], next_attempt_at__lte=now)


class Closing(models.Model):
    """A member closed his account. Until `erases_at` he may come back; then all that is personal is erased (K-34)."""

    # Stands in the link of the e-mails: whoever has it may come back.
    reference = ReferenceField()
    user = models.ForeignKey(User, models.PROTECT, related_name="closings", verbose_name=_("membre"))
    status = models.CharField(_("état"), max_length=12, choices=ClosingStatus, default=ClosingStatus.CLOSED)
    reason = models.TextField(_("raison donnée"), max_length=1000, blank=True)
    closed_at = models.DateTimeField(_("fermé le"))
    erases_at = models.DateTimeField(_("à effacer le"))
    warned_at = models.DateTimeField(_("prévenu le"), null=True, blank=True)
    # Later than `erases_at` when something stopped the erasure, and after a worker died.
    next_attempt_at = models.DateTimeField(_("prochain essai"))
    obstacle = models.CharField(_("ce qui l’empêche"), max_length=300, blank=True)
    reactivated_at = models.DateTimeField(_("réactivé le"), null=True, blank=True)
    erased_at = models.DateTimeField(_("effacé le"), null=True, blank=True)

    objects: ClassVar[ClosingQuerySet] = ClosingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("fermeture de compte")
        verbose_name_plural = _("fermetures de comptes")
        ordering = ["-closed_at"]
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(status__in=sorted(GONE)), name="closed_once"),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(status__in=[ClosingStatus.CLOSED, ClosingStatus.ERASING]),
                name="closing_due",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def can_be_taken_back(self, now: datetime) -> bool:
        return self.status == ClosingStatus.CLOSED and now < self.erases_at


class DataExportQuerySet(models.QuerySet["DataExport"]):
    def due(self, now: datetime) -> "DataExportQuerySet":
        return self.filter(status=ExportStatus.ASKED, next_attempt_at__lte=now)


class DataExport(models.Model):
    """An archive of all we know of a member, made by a job, kept for some days."""

    reference = ReferenceField()
    user = models.ForeignKey(User, models.CASCADE, related_name="data_exports", verbose_name=_("membre"))
    status = models.CharField(_("état"), max_length=8, choices=ExportStatus, default=ExportStatus.ASKED)
    asked_at = models.DateTimeField(_("demandée le"))
    next_attempt_at = models.DateTimeField(_("prochain essai"))
    attempts = models.PositiveSmallIntegerField(_("essais"), default=0)
    file = models.FileField(_("archive"), upload_to="exports/", storage=private_storage, blank=True)
    size = models.PositiveBigIntegerField(_("octets"), default=0)
    ready_at = models.DateTimeField(_("prête le"), null=True, blank=True)
    expires_at = models.DateTimeField(_("retirée le"), null=True, blank=True)

    objects: ClassVar[DataExportQuerySet] = DataExportQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("archive de données")
        verbose_name_plural = _("archives de données")
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(status=ExportStatus.ASKED), name="export_asked_once"),
        ]
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=Q(status=ExportStatus.ASKED), name="export_due"),
            models.Index(fields=["expires_at"], condition=Q(status=ExportStatus.READY), name="export_expiring"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_ready(self) -> bool:
        return self.status == ExportStatus.READY

    @property
    def is_being_made(self) -> bool:
        return self.status == ExportStatus.ASKED


class Measure(models.TextChoices):
    WARNED = "warned", _("Averti")
    SUSPENDED = "suspended", _("Suspendu")
    RESTORED = "restored", _("Rétabli")


class MemberMeasure(models.Model):
    """What the team did to a member, and why; he reads the reason. Rows are added, never edited."""

    member = models.ForeignKey(User, models.PROTECT, related_name="measures", verbose_name=_("membre"))
    measure = models.CharField(_("mesure"), max_length=10, choices=Measure)
    actor = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("par"))
    reason = models.TextField(_("raison"))
    at = models.DateTimeField(_("le"))

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="measure_has_reason")]

    def __str__(self) -> str:
        return str(self.get_measure_display())
