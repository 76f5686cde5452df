"""What members do with their account, and the team's trace."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.core.files.storage import Storage
from django.db import IntegrityError, transaction
from django.utils.text import slugify

from accounts.errors import NoReason, NoSecondFactor, NotAnAdministrator, NotOfTheTeam, OwnAffair
from accounts.legal import announced, in_force
from accounts.models import AuditEntry, LegalAcceptance, MemberPage, User
from accounts.portraits import redraw
from core.clock import now as clock_now
from core.files.keeping import written
from core.identifiers import new_reference

SLUG_LENGTH = 70


@dataclass(frozen=True)
class PageWords:
    """What a member writes on his page."""

    headline: str
    position: str
    education: str
    presentation: str
    linkedin_url: str
    languages: str


def create_page(*, user: User) -> MemberPage:
    """The member's public page, made once at sign-up; its address comes from his name and never changes afterwards."""
    existing = MemberPage.objects.filter(user=user).first()
    if existing:
        return existing
    name = _slug_of(user)
    for slug in (name, f"{name}-{new_reference()[:6]}"):
        try:
            with transaction.atomic():
                return MemberPage.objects.create(user=user, slug=slug)
        except IntegrityError:  # a namesake has it, or the page was made meanwhile
            continue
    return MemberPage.objects.get(user=user)


def _slug_of(user: User) -> str:
    """`ines-haddad`. Never from the e-mail address, which nobody else sees."""
    name = slugify(user.get_full_name())[:SLUG_LENGTH].strip("-")
    return name or f"membre-{new_reference()[:6]}"


@transaction.atomic
def accept_legal(*, user: User, documents: Iterable[str], now: datetime | None = None) -> None:
    """Record that the member accepted the versions in force, and those announced: where he agrees he is shown both.

    Accepting again changes nothing.
    """
    at = now or clock_now()
    for document in documents:
        for version in filter(None, (in_force(document, at), announced(document, at))):
            LegalAcceptance.objects.get_or_create(
                user=user, document=document, version=version.name, defaults={"accepted_at": at}
            )


@transaction.atomic
def write_page(*, user: User, words: PageWords) -> MemberPage:
    create_page(user=user)
    page = MemberPage.objects.select_for_update().get(user=user)
    page.headline = words.headline
    page.position = words.position
    page.education = words.education
    page.presentation = words.presentation
    page.linkedin_url = words.linkedin_url
    page.languages = words.languages
    page.save()
    return page


def set_photo(*, user: User, content: bytes) -> MemberPage:
    """Replace the photo. The file is drawn again before it is kept; the former one is deleted."""
    picture = redraw(content)
    page, field = create_page(user=user), MemberPage._meta.get_field("photo")
    with written(field.storage) as write:
        return _change_photo(user, write(field.generate_filename(page, f"{new_reference()}.webp"), picture))


def remove_photo(*, user: User) -> MemberPage:
    return _change_photo(user, "")


@transaction.atomic
def _change_photo(user: User, name: str) -> MemberPage:
    create_page(user=user)
    page = MemberPage.objects.select_for_update().get(user=user)
    former, page.photo = page.photo.name, name
    page.save(update_fields=["photo", "updated_at"])
    _delete_on_commit(page.photo.storage, former)
    return page


def _delete_on_commit(storage: Storage, name: str | None) -> None:
    if name:
        # A store that refuses is read of in the journal: what was committed is, and its new file stays.
        transaction.on_commit(lambda: storage.delete(name), robust=True)


@transaction.atomic
def set_preferences(*, user: User, first_name: str, last_name: str, time_zone: str, language: str, theme: str) -> User:
    member = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    member.first_name = first_name
    member.last_name = last_name
    member.time_zone = time_zone
    member.language = language
    member.theme = theme
    member.save(update_fields=["first_name", "last_name", "time_zone", "language", "theme"])
    return member


@transaction.atomic
def end_sessions(*, user: User) -> User:
    """Signed out wherever he is, sockets too. Who asks keeps his own session by `update_session_auth_hash`."""
    member = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    member.session_round += 1
    member.save(update_fields=["session_round"])
    return member


@transaction.atomic
def welcome_member(*, user: User, first_name: str, last_name: str, time_zone: str) -> User:
    """The registration form that follows the confirmed address."""
    return set_preferences(
        user=user,
        first_name=first_name,
        last_name=last_name,
        time_zone=time_zone,
        language=user.language,
        theme=user.theme,
    )


def refuse_decider(*, by: User, reason: str, concerned: Iterable[int]) -> None:
    """Who decides is of the team, gives a reason, and is none of the members it is about. Raises DomainError."""
    if not by.is_staff:
        raise NotOfTheTeam
    if not reason.strip():
        raise NoReason
    if by.pk in concerned:
        raise OwnAffair


def record(*, actor: User, action: str, reference: str, reason: str, now: datetime | None = None) -> AuditEntry:
    """Trace what somebody of the team did, to what (`prefix:reference`), and why."""
    return AuditEntry.objects.create(
        actor=actor, action=action, reference=reference, reason=reason, at=now or clock_now()
    )


@transaction.atomic
def remove_second_factor(*, user: User, by: User, reason: str, now: datetime | None = None) -> None:
    """A lost telephone: the password alone opens again, until he sets another second factor up."""
    if not by.is_superuser or by.pk == user.pk:
        raise NotAnAdministrator
    removed, _each = Authenticator.objects.filter(user=user).delete()
    if not removed:
        raise NoSecondFactor
    record(actor=by, action="accounts.second_factor_removed", reference=f"user:{user.pk}", reason=reason, now=now)


def note_entrance(*, user: User, action: str, now: datetime | None = None) -> None:
    """How somebody of the team came in, or did not. Of members nothing is kept."""
    if user.is_staff:
        record(actor=user, action=f"accounts.{action}", reference=f"user:{user.pk}", reason="", now=now)
