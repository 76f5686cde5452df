"""Members and what they say of themselves."""

from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


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

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("membre")
        verbose_name_plural = _("membres")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once"),
            # Logins compare addresses as they are stored.
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_lower_case"),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self) -> str:
        return self.first_name or str(_("Membre"))

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


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
