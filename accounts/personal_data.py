"""What `accounts` knows of a member, and how it forgets him. The last of all: the others still need his name."""

from collections.abc import Iterator
from datetime import datetime
from importlib import import_module

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.exports import delete_file
from accounts.models import ERASED_NAME, DataExport, LegalAcceptance, MemberPage, Theme, User
from core import clock
from core.exporting import chunks_of, section
from core.personal_data import ExportedFile, Fate, Held, Obstacle, Section, Source, Words

PIECE = 500
# Of no domain that exists (RFC 2606): nothing is ever sent there.
NOWHERE = "supprime.invalid"

PROOF = gettext_lazy(
    "preuve du texte accepté et de sa date, sous pseudonyme, 5 ans après la fermeture (code civil, art. 2224)"
)
TEAM_TRACE = gettext_lazy(
    "trace de ce que l’équipe a décidé et pourquoi, 5 ans (RGPD, art. 5, 2, et code civil, art. 2224)"
)
NUMBER = gettext_lazy(
    "un numéro sans nom ni adresse, auquel la comptabilité reste attachée, 10 ans (code de commerce, art. L123-22)"
)

HELD = (
    Held("accounts.User", gettext_lazy("le compte"), Fate.PSEUDONYM, (), NUMBER),
    Held("accounts.MemberPage", gettext_lazy("la page personnelle et la photo"), Fate.ERASED, ("user",)),
    Held("accounts.Closing", gettext_lazy("la demande de fermeture"), Fate.PSEUDONYM, ("user",), PROOF),
    Held("accounts.LegalAcceptance", gettext_lazy("les textes acceptés"), Fate.PSEUDONYM, ("user",), PROOF),
    Held("accounts.DataExport", gettext_lazy("les archives de données demandées"), Fate.ERASED, ("user",)),
    Held("accounts.AuditEntry", gettext_lazy("les décisions de l’équipe"), Fate.KEPT, ("actor",), TEAM_TRACE),
    Held(
        "accounts.MemberMeasure",
        gettext_lazy("avertissements, suspensions"),
        Fate.KEPT,
        ("member", "actor"),
        TEAM_TRACE,
    ),
    Held("core.Setting", gettext_lazy("les réglages changés par l’équipe"), Fate.KEPT, ("by",), TEAM_TRACE),
    Held("admin.LogEntry", gettext_lazy("le journal de l’administration"), Fate.KEPT, ("user",), TEAM_TRACE),
    Held("accounts.User_groups", gettext_lazy("les rôles dans l’équipe"), Fate.ERASED, ("user",)),
    Held("accounts.User_user_permissions", gettext_lazy("les droits dans l’équipe"), Fate.ERASED, ("user",)),
    Held("account.EmailAddress", gettext_lazy("les adresses e-mail"), Fate.ERASED, ("user",)),
    Held("account.EmailConfirmation", gettext_lazy("les confirmations d’adresse"), Fate.ERASED),
    Held("socialaccount.SocialAccount", gettext_lazy("les comptes reliés"), Fate.ERASED, ("user",)),
    Held("socialaccount.SocialToken", gettext_lazy("les clés des comptes reliés"), Fate.ERASED),
    Held("mfa.Authenticator", gettext_lazy("la connexion en deux étapes"), Fate.ERASED, ("user",)),
    Held("sessions.Session", gettext_lazy("les connexions ouvertes"), Fate.ERASED),
)


def sections(member_id: int) -> Iterator[Section]:
    yield section(
        _("Compte"),
        User.objects.filter(pk=member_id),
        "email",
        "first_name",
        "last_name",
        "time_zone",
        "language",
        "theme",
        "date_joined",
        (_("Dernière connexion"), "last_login"),
    )
    addresses = EmailAddress.objects.filter(user=member_id)
    yield section(_("Adresses e-mail"), addresses, (_("Adresse"), "email"), (_("Confirmée"), "verified"))
    yield section(
        _("Page personnelle"),
        MemberPage.objects.filter(user=member_id),
        "slug",
        "headline",
        "position",
        "education",
        "presentation",
        "linkedin_url",
        "languages",
    )
    accepted = LegalAcceptance.objects.filter(user=member_id)
    yield section(_("Textes acceptés"), accepted, "document", "version", "accepted_at")
    steps = Authenticator.objects.filter(user=member_id)
    yield section(_("Connexion en deux étapes"), steps, (_("Méthode"), "type"), (_("Depuis le"), "created_at"))


def files(member_id: int) -> Iterator[ExportedFile]:
    for page in MemberPage.objects.filter(user=member_id).exclude(photo=""):
        name = str(page.photo.name)
        yield ExportedFile("photo.webp", chunks_of(page.photo.storage, name))


def obstacles(member_id: int, now: datetime) -> Iterator[Obstacle]:
    del now
    if User.objects.filter(pk=member_id, is_staff=True).exists():
        yield Obstacle(_("Ce compte fait partie de l’équipe\u202f: un administrateur lui retire d’abord ses droits."))


def consequences(member_id: int, now: datetime) -> Iterator[Words]:
    del now
    if MemberPage.objects.filter(user=member_id).exists():
        yield _("Votre page personnelle et votre photo ne sont plus visibles.")
    yield _("Vous êtes déconnecté de tous vos appareils.")


def erase(member_id: int) -> None:
    _erase_page(member_id)
    _erase_archives(member_id)
    EmailAddress.objects.filter(user=member_id).delete()
    SocialAccount.objects.filter(user=member_id).delete()
    Authenticator.objects.filter(user=member_id).delete()
    _end_sessions(member_id)
    _forget(member_id)


def _erase_page(member_id: int) -> None:
    """The file first: a worker that dies in between finds the row that names it."""
    for page in MemberPage.objects.filter(user=member_id):
        if page.photo:
            page.photo.storage.delete(str(page.photo.name))
        page.delete()


def _erase_archives(member_id: int) -> None:
    for export in DataExport.objects.filter(user=member_id):
        delete_file(export)
        export.delete()


def _end_sessions(member_id: int) -> None:
    """They name their member inside only: each is opened once. None of them lets anybody in any more."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    for session in Session.objects.iterator(chunk_size=PIECE):
        if session.get_decoded().get(SESSION_KEY) == str(member_id):
            # From the cache too.
            store(session.session_key).delete()


@transaction.atomic
def _forget(member_id: int) -> None:
    member = User.objects.select_for_update(no_key=True).get(pk=member_id)
    member.email = f"membre-{member.pk}@{NOWHERE}"
    member.first_name, member.last_name = ERASED_NAME, ""
    member.time_zone, member.language, member.theme = "Europe/Paris", "fr", Theme.SYSTEM
    member.is_active = False
    member.last_login = None
    member.set_unusable_password()
    member.erased_at = member.erased_at or clock.now()
    member.groups.clear()
    member.user_permissions.clear()
    member.save()


SOURCE = Source(
    app="accounts",
    title=gettext_lazy("Compte et page personnelle"),
    held=HELD,
    sections=sections,
    files=files,
    obstacles=obstacles,
    consequences=consequences,
    erase=erase,
)
