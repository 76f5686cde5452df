"""The words of the house in templates: money, time, marks, icons. Loaded everywhere as a builtin."""

import functools
import re
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import lucide
from django import template
from django.contrib.auth.base_user import AbstractBaseUser
from django.template.defaultfilters import urlize
from django.utils import dateformat, formats, timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from core import clock as core_clock
from core.money import NARROW_SPACE, NO_BREAK_SPACE, format_euros

register = template.Library()

BEST_MARK = 5
SECONDS_PER_MINUTE = 60
SECONDS_PER_HOUR = 3600
MINUTES_PER_HOUR = 60
DAYS_PER_WEEK = 7
BYTES_PER_MEGABYTE = 1_000_000


# --- Money ----------------------------------------------------------------------------------------------------------


@register.filter
def euros(cents: int | None) -> str:
    """`4700` → « 47,00 € »."""
    return "" if cents is None else format_euros(int(cents))


@register.filter
def signed_euros(cents: int) -> str:
    """A change of balance: `-865` → « − 8,65 € », `1000` → « + 10,00 € »."""
    sign = "−" if cents < 0 else "+"
    return f"{sign}{NO_BREAK_SPACE}{format_euros(abs(int(cents)))}"


@register.filter
def rate(cents: int | None) -> str:
    """An hourly rate: `4700` → « 47,00 €/h »."""
    return "" if cents is None else f"{format_euros(int(cents))}/h"


@register.filter
def percent(basis_points: int) -> str:
    """`2000` → « 20 % »."""
    whole, rest = divmod(int(basis_points), 100)
    decimals = f",{rest:02d}".rstrip("0") if rest else ""
    return f"{whole}{decimals}{NARROW_SPACE}%"


# --- Lengths of time ------------------------------------------------------------------------------------------------


@register.filter
def duration(seconds: int | None) -> str:
    """`3312` → « 55 min 12 s »; zero parts are left out."""
    if seconds is None:
        return ""
    hours, rest = divmod(int(seconds), SECONDS_PER_HOUR)
    whole_minutes, left = divmod(rest, SECONDS_PER_MINUTE)
    parts = [(hours, "h"), (whole_minutes, "min"), (left, "s")]
    words = [f"{amount}{NO_BREAK_SPACE}{unit}" for amount, unit in parts if amount]
    return " ".join(words) or f"0{NO_BREAK_SPACE}s"


@register.filter
def minutes(value: int | None) -> str:
    """`90` → « 1 h 30 », `45` → « 45 min »."""
    if value is None:
        return ""
    hours, rest = divmod(int(value), MINUTES_PER_HOUR)
    if not hours:
        return f"{rest}{NO_BREAK_SPACE}min"
    return f"{hours}{NO_BREAK_SPACE}h" + (f"{NO_BREAK_SPACE}{rest:02d}" if rest else "")


@register.filter
def stopwatch(seconds: int | None) -> str:
    """`3312` → « 55:12 », `3600` → « 1:00:00 »: for tables and counters."""
    if seconds is None:
        return ""
    hours, rest = divmod(int(seconds), SECONDS_PER_HOUR)
    whole_minutes, left = divmod(rest, SECONDS_PER_MINUTE)
    return f"{hours}:{whole_minutes:02d}:{left:02d}" if hours else f"{whole_minutes}:{left:02d}"


@register.filter
def file_size(size: int) -> str:
    """`1300000` → « 1,3 Mo », `820` → « 1 ko »."""
    if size < BYTES_PER_MEGABYTE:
        return _("%(size)s\u00a0ko") % {"size": max(1, round(size / 1000))}
    return _("%(size)s\u00a0Mo") % {"size": formats.number_format(round(size / BYTES_PER_MEGABYTE, 1))}


# --- Instants -------------------------------------------------------------------------------------------------------


def _zone(zone: ZoneInfo | str | None) -> Any:
    if not zone:
        return timezone.get_current_timezone()
    return ZoneInfo(zone) if isinstance(zone, str) else zone


def _local(value: datetime | date, zone: ZoneInfo | str | None) -> datetime | date:
    if isinstance(value, datetime) and timezone.is_aware(value):
        return value.astimezone(_zone(zone))
    return value


def _day_of_month(value: datetime | date) -> str:
    """French says « 1er » for the first day only."""
    return "1er" if _in_french() and value.day == 1 else str(value.day)


def _in_french() -> bool:
    return (get_language() or "fr").startswith("fr")


def _name(value: datetime | date, style: str) -> str:
    """Of its day (`l`, `D`) or month (`F`, `N`)."""
    return _named(value.toordinal(), style, get_language())


@functools.lru_cache(maxsize=4096)
def _named(day: int, style: str, _language: str | None) -> str:
    """Days come again on one page after the other, and Django reads a style letter by letter."""
    return dateformat.format(date.fromordinal(day), style)


def _short(value: datetime | date, style: str) -> str:
    """The name of a day or month: French writes it without a capital."""
    words = _name(value, style)
    return words.lower() if _in_french() else words


def _words(value: datetime | date, month: str, *, weekday: bool) -> str:
    words = f"{_day_of_month(value)}{NO_BREAK_SPACE}{_short(value, month)}{NO_BREAK_SPACE}{value.year}"
    return f"{_name(value, 'l')} {words}" if weekday else words


@register.filter
def day(value: datetime | date | None, zone: ZoneInfo | str | None = None) -> str:
    """« jeudi 4 décembre 2026 », in the given zone or the reader's."""
    return "" if value is None else _words(_local(value, zone), "F", weekday=True)


@register.filter
def short_day(value: datetime | date | None, zone: ZoneInfo | str | None = None) -> str:
    """« 4 déc. 2026 »."""
    return "" if value is None else _words(_local(value, zone), "N", weekday=False)


@register.filter
def clock(value: datetime | None, zone: ZoneInfo | str | None = None) -> str:
    """« 10:00 »."""
    return "" if value is None else f"{_local(value, zone):%H:%M}"


@register.filter
def exact_clock(value: datetime | None, zone: ZoneInfo | str | None = None) -> str:
    """« 10:04:00 », for statements measured in seconds."""
    return "" if value is None else f"{_local(value, zone):%H:%M:%S}"


@register.filter
def moment(value: datetime | None, zone: ZoneInfo | str | None = None) -> str:
    """« jeudi 4 décembre 2026 à 10:00 (Europe/Paris) », in the given zone or the reader's.

    Whose clock shows something else reads his own too: « …, soit 04:00 (America/Montreal) chez vous ».
    """
    return "" if value is None else _with_own_time(value, zone, _whole_moment(value, zone))


@register.filter
def zoned_clock(value: datetime | None, zone: ZoneInfo | str | None = None) -> str:
    """« 10:00 (Europe/Paris) », with the reader's own time as in `moment`: where the day is said already."""
    return "" if value is None else _with_own_time(value, zone, _clock_in(value, zone))


def _whole_moment(value: datetime, zone: ZoneInfo | str | None) -> str:
    return _("%(day)s à %(time)s (%(zone)s)") % {
        "day": day(value, zone),
        "time": clock(value, zone),
        "zone": str(_zone(zone)),
    }


def _clock_in(value: datetime, zone: ZoneInfo | str | None) -> str:
    return f"{clock(value, zone)} ({_zone(zone)})"


def _with_own_time(value: datetime, zone: ZoneInfo | str | None, words: str) -> str:
    there, here = timezone.localtime(value, _zone(zone)), timezone.localtime(value)
    if there.utcoffset() == here.utcoffset():
        return words
    own = _clock_in(value, None) if there.date() == here.date() else _whole_moment(value, None)
    return _("%(moment)s, soit %(own)s chez vous") % {"moment": words, "own": own}


@register.filter
def short_moment(value: datetime | None, zone: ZoneInfo | str | None = None) -> str:
    """« 4 déc. 2026, 10:00 »."""
    return "" if value is None else f"{short_day(value, zone)}, {clock(value, zone)}"


@register.filter
def recent(value: datetime | None, zone: ZoneInfo | str | None = None) -> str:
    """As lists of conversations say it: « 10:40 », « hier », « lun. », « 24 nov. »."""
    if value is None:
        return ""
    local = timezone.localtime(value, _zone(zone))
    days_ago = (timezone.localtime(core_clock.now(), _zone(zone)).date() - local.date()).days
    if days_ago <= 0:
        return clock(value, zone)
    if days_ago == 1:
        return _("hier")
    return _short(local, "D") if days_ago < DAYS_PER_WEEK else _short_without_year(local)


def _short_without_year(value: datetime) -> str:
    return f"{_day_of_month(value)}{NO_BREAK_SPACE}{_short(value, 'N')}"


STYLES = {
    "recent": recent,
    "moment": moment,
    "short_moment": short_moment,
    "day": day,
    "short_day": short_day,
    "clock": clock,
    "exact_clock": exact_clock,
}


@register.simple_tag
def timestamp(value: datetime | None, style: str = "moment", zone: ZoneInfo | str | None = None) -> SafeString | str:
    """`<time datetime="…">` around one of the filters above; `style` is the filter's name."""
    if value is None:
        return ""
    words = escape(STYLES[style](value, zone))
    return mark_safe(f'<time datetime="{value.isoformat()}">{words}</time>')  # noqa: S308


@register.filter
def calendar_leaf(value: datetime | None, zone: ZoneInfo | str | None = None) -> SafeString | str:
    """The day as a leaf of a calendar: « jeu. » over « 10 » over « déc. »."""
    if value is None:
        return ""
    local = _local(value, zone)
    return format_html(
        "<span>{}</span> <b>{}</b> <span>{}</span>",
        _short(local, "D"),
        local.day,
        _short(local, "N"),
    )


# --- People and marks -----------------------------------------------------------------------------------------------


@register.filter
def mark(value: Any) -> str:
    """A mean of marks: `4.9` → « 4,9 »."""
    return "" if value is None else f"{value:.1f}".replace(".", ",")


@register.filter
def tenths(value: int | None) -> str:
    """A mean kept in tenths: `49` → « 4,9 »."""
    return "" if value is None else f"{value // 10},{value % 10}"


@register.filter
def stars(value: int) -> str:
    """`4` → « ★★★★☆ »; always shown beside the figure in words."""
    full = max(0, min(BEST_MARK, int(value)))
    return "★" * full + "☆" * (BEST_MARK - full)


@register.filter
def initials(user: AbstractBaseUser | None) -> str:
    """Two letters for a member without a photo."""
    names = [getattr(user, "first_name", ""), getattr(user, "last_name", "")]
    return "".join(name[:1] for name in names if name).upper() or "?"


@register.filter
def unread(count: int) -> str:
    """What is read after a bare number of messages: `1` → « non lu », `2` → « non lus »."""
    return ngettext("non lu", "non lus", int(count))


# --- Words of a member ----------------------------------------------------------------------------------------------


# As in « skilmi.fr », « https://… » or « lea@… »: without one, no word is an address.
_IN_AN_ADDRESS = re.compile(r"\S[.:@]\S")


@register.filter
def linked(text: str) -> SafeString:
    """Escaped, with addresses as links. Most messages hold none, and Django's `urlize` asks that of every word."""
    return urlize(text) if _IN_AN_ADDRESS.search(text) else escape(text)


# --- Drawing --------------------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=256)
def _draw(name: str, css_class: str) -> str:
    """Lucide's drawing without the attributes that our style sheet decides; one parse per icon and process."""
    return lucide._render_icon(name, None, **{"class": css_class, "aria-hidden": "true", "focusable": "false"})


@register.simple_tag
def icon(name: str, kind: str = "") -> SafeString:
    """A decorative icon of lucide. `kind`: empty, `small` or `large`. The words beside it carry the meaning."""
    css_class = f"icon icon--{kind}" if kind else "icon"
    # Drawn from the package's own files by a name written in a template: nothing here comes from a person.
    return mark_safe(_draw(str(name), css_class))  # noqa: S308
