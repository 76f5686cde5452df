"""Pages, photos, legal texts, traces."""

import struct
from io import BytesIO
from typing import Any, cast
from zoneinfo import available_timezones

import pytest
from django.db import IntegrityError, transaction
from PIL import Image
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.errors import PhotoNotReadable, PhotoTooBig
from accounts.forms import ZoneField
from accounts.legal import PRIVACY, SERVICE_TERMS, TERMS, in_force
from accounts.models import AuditEntry, LegalAcceptance, MemberPage, User
from accounts.portraits import MAX_BYTES, redraw
from accounts.selectors import has_accepted, page_of
from accounts.services import accept_legal, create_page, record, remove_photo, set_photo, welcome_member
from accounts.zones import FRANCE, RENAMED, names

GPS = 0x8825
DESCRIPTION = 0x010E


def make_user(first_name: str = "Inès", last_name: str = "Haddad", email: str = "ines@example.org") -> User:
    return User.objects.create_user(email, "a long enough password", first_name=first_name, last_name=last_name)


def picture(width: int, height: int, kind: str = "JPEG", **options: object) -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), "#446688").save(out, kind, **options)
    return out.getvalue()


@pytest.mark.django_db
def test_addresses_are_kept_in_lower_case_and_once() -> None:
    assert make_user(email="Ines@Example.ORG").email == "ines@example.org"
    with pytest.raises(IntegrityError), transaction.atomic():
        make_user(email="INES@example.org")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="Tom@example.org")


@pytest.mark.django_db
@pytest.mark.requirement("ST-29")
def test_a_page_takes_its_address_from_the_name_once() -> None:
    user = make_user()
    page = create_page(user=user)
    assert page.slug == "ines-haddad"
    assert create_page(user=user) == page
    user.last_name = "Durand"
    user.save(update_fields=["last_name"])
    assert create_page(user=user).slug == "ines-haddad"


@pytest.mark.django_db
def test_namesakes_get_different_addresses() -> None:
    first, second = make_user(), make_user(email="autre@example.org")
    assert create_page(user=first).slug == "ines-haddad"
    assert create_page(user=second).slug.startswith("ines-haddad-")


@pytest.mark.django_db
@pytest.mark.requirement("SK-54")
def test_a_page_without_a_name_does_not_show_the_address() -> None:
    page = create_page(user=make_user("", "", "secret.nom@example.org"))
    assert page.slug.startswith("membre-")
    assert "secret" not in page.slug


@pytest.mark.django_db
def test_reading_the_page_of_a_bare_account_writes_nothing() -> None:
    assert page_of(make_user()).pk is None
    assert not MemberPage.objects.exists()


@pytest.mark.django_db
@pytest.mark.requirement("SK-20")
def test_accepting_a_text_keeps_its_version_and_date_once() -> None:
    user = make_user()
    for _ in range(2):
        accept_legal(user=user, documents=[TERMS, PRIVACY])
    assert LegalAcceptance.objects.filter(user=user).count() == 2
    assert LegalAcceptance.objects.get(document=TERMS).version == in_force(TERMS).name
    assert has_accepted(user, TERMS)
    assert not has_accepted(user, SERVICE_TERMS)


@pytest.mark.django_db
def test_an_older_version_does_not_count() -> None:
    user = make_user()
    accept_legal(user=user, documents=[TERMS])
    LegalAcceptance.objects.update(version="2020-01")
    assert not has_accepted(user, TERMS)


def test_a_photo_loses_place_and_device() -> None:
    exif = Image.Exif()
    exif[DESCRIPTION] = "chez moi"
    exif.get_ifd(GPS)[1] = "N"
    drawn = redraw(picture(1200, 1200, exif=exif))
    with Image.open(BytesIO(drawn)) as result:
        assert result.format == "WEBP"
        assert not result.getexif()
    assert b"chez moi" not in drawn


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((1600, 1600), (800, 800)),
        ((400, 400), (400, 400)),
        ((1600, 900), (800, 800)),
        ((800, 2000), (800, 1000)),
        ((1000, 1200), (800, 960)),
        ((1, 1), (1, 1)),
    ],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_brought_between_square_and_four_by_five(
    size: tuple[int, int], expected: tuple[int, int], kind: str
) -> None:
    with Image.open(BytesIO(redraw(picture(*size, kind=kind)))) as result:
        assert result.size == expected


def test_a_photo_taken_sideways_is_turned() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    with Image.open(BytesIO(redraw(picture(500, 400, exif=exif)))) as result:
        assert result.size == (400, 500)


@pytest.mark.parametrize(
    "content",
    [b"", b"not an image", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a" + b"\0" * 40],
    ids=["empty", "words", "svg", "gif"],
)
def test_what_is_not_a_photo_is_refused_by_its_content(content: bytes) -> None:
    with pytest.raises(PhotoNotReadable):
        redraw(content)


def test_a_photo_with_damaged_notes_of_its_camera_is_refused() -> None:
    """Turned by 90°, with a resolution that is a word."""
    turned = struct.pack("<HHII", 0x0112, 3, 1, 6)
    resolution = struct.pack("<HHI4s", 0x011A, 2, 4, b"abc\0")
    notes = b"Exif\0\0II*\0" + struct.pack("<IH", 8, 2) + turned + resolution + struct.pack("<I", 0)
    out = BytesIO()
    Image.new("RGB", (64, 80)).save(out, "JPEG", exif=notes)
    with pytest.raises(PhotoNotReadable):
        redraw(out.getvalue())


def test_a_cut_photo_is_refused() -> None:
    with pytest.raises(PhotoNotReadable):
        redraw(picture(600, 600)[:400])


def test_a_heavy_or_immense_photo_is_refused() -> None:
    with pytest.raises(PhotoTooBig):
        redraw(b"\0" * (MAX_BYTES + 1))
    with pytest.raises(PhotoTooBig):
        redraw(picture(9000, 9000, kind="PNG"))


@pytest.mark.django_db
@pytest.mark.requirement("SK-16", "ST-30")
def test_a_new_photo_replaces_the_former_file(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    user = make_user()
    create_page(user=user)
    first = set_photo(user=user, content=picture(900, 900))
    storage, former = first.photo.storage, str(first.photo.name)
    with django_capture_on_commit_callbacks(execute=True):
        second = set_photo(user=user, content=picture(900, 900))
    assert not storage.exists(former)
    assert storage.exists(str(second.photo.name))
    with django_capture_on_commit_callbacks(execute=True):
        remove_photo(user=user)
    with django_capture_on_commit_callbacks(execute=True):
        remove_photo(user=user)
    assert not storage.exists(str(second.photo.name))
    assert not MemberPage.objects.get(user=user).photo


@pytest.mark.django_db
def test_a_trace_says_who_did_what_and_why() -> None:
    user = make_user()
    entry = record(actor=user, action="mentors.refused", reference="mentor:7", reason="Trop court.")
    assert AuditEntry.objects.get() == entry
    assert (entry.actor, entry.action, entry.reason) == (user, "mentors.refused", "Trop court.")


@pytest.mark.django_db
def test_the_welcome_form_sets_name_and_zone() -> None:
    user = make_user("", "")
    saved = welcome_member(user=user, first_name="Inès", last_name="Haddad", time_zone="America/Montreal")
    assert (saved.first_name, saved.time_zone, saved.language) == ("Inès", "America/Montreal", "fr")


def choices_of(field: ZoneField) -> list[Any]:
    return list(cast("Any", field.choices))


def test_zones_stand_under_their_present_name_those_of_france_first() -> None:
    listed = dict(choices_of(ZoneField()))
    france = dict(next(iter(listed.values())))
    assert next(iter(france)) == "Europe/Paris"
    assert france["Indian/Reunion"] == "La Réunion"
    assert set(FRANCE) <= names()
    assert dict(listed["Amériques"])["America/Argentina/Buenos_Aires"] == "Argentina, Buenos Aires"
    offered = [name for zones in listed.values() for name, _label in zones]
    assert sorted(offered) == sorted(names())
    assert set(RENAMED.values()) <= names()
    assert not RENAMED.keys() & names()
    assert names() <= available_timezones()


def test_a_stored_zone_that_the_list_lacks_stays_selectable() -> None:
    assert choices_of(ZoneField(current="America/Montreal"))[0] == ("America/Montreal", "America/Montreal")
    assert ZoneField(current="Asia/Tokyo").clean("Asia/Tokyo") == "Asia/Tokyo"
