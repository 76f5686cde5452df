"""The words of the house: money, time, marks, icons."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.template import Context, Template
from django.template.defaultfilters import urlize
from django.utils import timezone, translation

from accounts.models import User
from core.templatetags import house

NARROW = "\u202f"
NBSP = "\u00a0"
NOON = datetime(2026, 12, 4, 9, 0, tzinfo=UTC)


def render(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


@pytest.mark.parametrize(
    ("cents", "words"),
    [
        (0, f"0,00{NBSP}€"),
        (4700, f"47,00{NBSP}€"),
        (123450, f"1{NARROW}234,50{NBSP}€"),
        (-865, f"-8,65{NBSP}€"),
        (None, ""),
    ],
)
def test_euros_are_written_the_french_way(cents: int | None, words: str) -> None:
    assert house.euros(cents) == words


def test_a_rate_is_by_the_hour() -> None:
    assert house.rate(4700) == f"47,00{NBSP}€/h"
    assert house.rate(None) == ""


@pytest.mark.parametrize(("basis_points", "words"), [(2000, "20"), (2050, "20,5"), (1234, "12,34")])
def test_basis_points_are_written_as_percents(basis_points: int, words: str) -> None:
    assert house.percent(basis_points) == f"{words}{NARROW}%"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (41, "41 s"), (180, "3 min"), (3312, "55 min 12 s"), (3600, "1 h"), (5400, "1 h 30 min")],
)
def test_a_measured_length_leaves_out_zero_parts(seconds: int, words: str) -> None:
    assert house.duration(seconds).replace(NBSP, " ") == words


@pytest.mark.parametrize(("value", "words"), [(45, "45 min"), (60, "1 h"), (90, "1 h 30"), (125, "2 h 05")])
def test_a_planned_length_is_in_hours_and_minutes(value: int, words: str) -> None:
    assert house.minutes(value).replace(NBSP, " ") == words


@pytest.mark.parametrize(("seconds", "words"), [(161, "2:41"), (3312, "55:12"), (3600, "1:00:00")])
def test_a_counter_has_two_or_three_parts(seconds: int, words: str) -> None:
    assert house.stopwatch(seconds) == words


def test_a_moment_says_its_zone() -> None:
    with translation.override("fr"):
        words = house.moment(NOON, "Europe/Paris").replace(NBSP, " ")
    assert words == "vendredi 4 décembre 2026 à 10:00 (Europe/Paris)"


def test_a_moment_without_zone_is_in_the_readers() -> None:
    with translation.override("fr"), timezone.override("America/Montreal"):
        words = house.moment(NOON).replace(NBSP, " ")
    assert words == "vendredi 4 décembre 2026 à 04:00 (America/Montreal)"


def test_a_reader_whose_clock_shows_something_else_reads_his_own_time_too() -> None:
    with translation.override("fr"), timezone.override("America/Montreal"):
        words = house.moment(NOON, "Europe/Paris").replace(NBSP, " ")
        short = house.zoned_clock(NOON, "Europe/Paris")
    assert words == "vendredi 4 décembre 2026 à 10:00 (Europe/Paris), soit 04:00 (America/Montreal) chez vous"
    assert short == "10:00 (Europe/Paris), soit 04:00 (America/Montreal) chez vous"
    with translation.override("fr"), timezone.override("Pacific/Auckland"):
        words = house.moment(NOON + timedelta(hours=3), "Europe/Paris").replace(NBSP, " ")
    assert words == (
        "vendredi 4 décembre 2026 à 13:00 (Europe/Paris), "
        "soit samedi 5 décembre 2026 à 01:00 (Pacific/Auckland) chez vous"
    )
    with translation.override("fr"), timezone.override("Europe/Brussels"):
        assert house.moment(NOON, "Europe/Paris").endswith("(Europe/Paris)")


def test_the_first_of_a_month_is_written_1er_in_french_only() -> None:
    with translation.override("fr"):
        assert house.short_day(date(2026, 12, 1)).replace(NBSP, " ") == "1er déc. 2026"
    with translation.override("en"):
        assert house.day(date(2026, 12, 1)).replace(NBSP, " ") == "Tuesday 1 December 2026"
        assert house.short_day(date(2026, 12, 1)).replace(NBSP, " ") == "1 Dec. 2026"


def test_a_short_moment_and_clocks() -> None:
    with translation.override("fr"):
        assert house.short_moment(NOON, "Europe/Paris").replace(NBSP, " ") == "4 déc. 2026, 10:00"
    assert house.clock(NOON, "Asia/Tokyo") == "18:00"
    assert house.exact_clock(NOON, "Europe/Paris") == "10:00:00"


def test_a_timestamp_carries_the_machine_readable_instant() -> None:
    html = render("{% timestamp at 'clock' 'Europe/Paris' %}", at=NOON)
    assert html == '<time datetime="2026-12-04T09:00:00+00:00">10:00</time>'
    assert render("{% timestamp at %}", at=None) == ""


@pytest.mark.parametrize("name", ["moment", "short_moment", "day", "short_day", "clock", "exact_clock"])
def test_no_instant_prints_nothing(name: str) -> None:
    assert house.STYLES[name](None) == ""


def test_marks_use_a_comma_and_stars_have_five_places() -> None:
    assert house.mark(4.9) == "4,9"
    assert house.tenths(49) == "4,9"
    assert house.tenths(None) == ""
    assert house.stars(4) == "★★★★☆"
    assert house.stars(9) == "★★★★★"


def test_initials_stand_in_for_a_photo() -> None:
    assert house.initials(User(first_name="Inès", last_name="Haddad")) == "IH"
    assert house.initials(User()) == "?"
    assert house.initials(None) == "?"


def test_an_icon_is_decorative_and_has_no_inline_style() -> None:
    html = render("{% icon 'video' %}{% icon 'video' 'small' %}")
    assert html.count("<svg") == 2
    assert html.count('aria-hidden="true"') == 2
    assert "style=" not in html
    assert 'class="icon icon--small"' in html


@pytest.mark.parametrize(("count", "words"), [(1, "non lu"), (2, "non lus")])
def test_a_number_of_unread_messages_is_read_in_its_own_number(count: int, words: str) -> None:
    assert render("{{ count|unread }}", count=count) == words


@pytest.mark.parametrize(
    "text",
    [
        "Bonjour, je viens à 14:30.",
        "Voir skilmi.fr, www.skilmi.fr et https://skilmi.fr/aide/ !",
        "Écrivez à lea@skilmi.example",
        "<b>&</b> http://[::1]/ (www.a.fr)",
        "Une phrase. <script>alert('x')</script> Une autre…",
        "WWW.SKILMI.COM HTTPS://X skilmi.org/",
        "",
    ],
)
def test_a_message_shows_its_addresses_as_links_as_django_would(text: str) -> None:
    assert house.linked(text) == urlize(text)


def test_what_a_member_wrote_is_escaped_with_or_without_an_address() -> None:
    for address in ("", " www.skilmi.com"):
        shown = render("{{ text|linked }}", text=f"<i>{address}</i>")
        assert "<i>" not in shown
        assert ("<a " in shown) == bool(address)


def test_the_names_of_days_and_months_follow_the_language() -> None:
    for language, words in (("fr", ">jeu<"), ("en", ">Thu<"), ("fr", ">jeu<")):
        with translation.override(language):
            assert words in house.calendar_leaf(datetime(2026, 12, 10, 9, 0, tzinfo=UTC))
