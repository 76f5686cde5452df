"""Small pieces that lists draw many times: functions, since including a template costs twenty times what it holds.

`components/avatar.html`, `badge.html` and `rating.html` call them, for whoever draws one or two. A builtin everywhere.
"""

from collections.abc import Iterable
from functools import lru_cache
from html import escape
from typing import Any

from django import template
from django.core.exceptions import ObjectDoesNotExist
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from core.templatetags import house

register = template.Library()


def _photo_of(user: Any) -> str:
    """The address of his photo; empty when he has none. Lists know it already."""
    known: str | None = getattr(user, "photo_url", None)
    if known is not None:
        return known
    try:
        photo = user.page.photo
    except (AttributeError, ObjectDoesNotExist):
        return ""
    return str(photo.url) if photo else ""


@register.simple_tag
def avatar(user: Any, size: str = "", *, photo: Any = False, alt: str = "", css_class: str = "") -> SafeString:
    """`user` with his page selected; `photo` for square corners; `alt` empty when the name is beside it."""
    picture = _photo_of(user)
    names = [css_class, "avatar", f"avatar--{size}" if size and size != "md" else "", "avatar--photo" if photo else ""]
    return _avatar(" ".join(filter(None, names)), "" if picture else house.initials(user), picture, alt or "")


# The same people stand in one list after the other. Words that need no escaping equal some that do: hence their types.
@lru_cache(1_000, typed=True)
def _avatar(names: str, letters: str, picture: str, alt: str) -> SafeString:
    css = conditional_escape(names)
    if not picture:
        return mark_safe(f'<span class="{css}" aria-hidden="true">{conditional_escape(letters)}</span>')  # noqa: S308
    source, words = conditional_escape(picture), conditional_escape(alt)
    image = f'<img src="{source}" alt="{words}" width="160" height="160" loading="lazy">'
    return mark_safe(f'<span class="{css}">{image}</span>')  # noqa: S308


@register.simple_tag
def badge(label: Any, kind: str = "", hint: Any = "") -> SafeString:
    """`kind`: neutral, info, success, warning, danger or count; `hint` is read after the label."""
    css = f"badge badge--{conditional_escape(kind)}" if kind and kind != "neutral" else "badge"
    said = f'<span class="visually-hidden"> {conditional_escape(hint)}</span>' if hint else ""
    return mark_safe(f'<span class="{css}">{conditional_escape(label)}{said}</span>')  # noqa: S308


@register.simple_tag
def rating(*, tenths: int | None = None, mark: Any = None, count: Any = None) -> SafeString:
    """`tenths` or `mark`, a mean, with the number of reviews; without `count` the stars of one review."""
    if count is None or count == "":
        said = conditional_escape(_("%(mark)s sur 5") % {"mark": mark})
        return _rating(_star(house.stars(mark)) + f'<span class="visually-hidden">{said}</span>')
    if not count:
        return _rating(_words(_("Pas encore d’avis")))
    mean = conditional_escape(house.tenths(tenths) if tenths else house.mark(mark))
    reviews = ngettext("%(count)s avis", "%(count)s avis", count) % {"count": count}
    spoken = f'<span class="visually-hidden"> {conditional_escape(_("sur 5,"))}</span>'
    return _rating(f'{_star("★")}<span class="rating__mark">{mean}</span>{spoken} {_words(reviews)}')


def _star(stars: str) -> str:
    return f'<span class="rating__star" aria-hidden="true">{stars}</span>'


def _words(words: str) -> str:
    return f'<span class="rating__count">{conditional_escape(words)}</span>'


def _rating(html: str) -> SafeString:
    # Each word was escaped on its way.
    return mark_safe(f'<span class="rating">{html}</span>')  # noqa: S308


@register.simple_tag
def results(cards: Iterable[Any], skill: Any = None) -> SafeString:
    """The rows of « Communauté », a member in each. `skill`: the one being looked for, if any."""
    asked, language = skill.slug if skill else "", get_language()
    # Each row escaped its words.
    return mark_safe("".join(_result(card, _photo_of(card.user), asked, language) for card in cards))  # noqa: S308


# The same mentors stand first in list after list. A process remembers their cards, each by everything it shows.
@lru_cache(1_000)
def _result(card: Any, _photo: str, asked: str, _language: str | None) -> str:
    # What a card holds is words, never HTML: Python's own escaping will do.
    href = escape(f"{card.href}?competence={asked}" if asked else card.href)
    headline = f"<p>{escape(card.headline)}</p>" if card.headline else ""
    skills = escape(", ".join(card.skills))
    return f"""<li class="result">{avatar(card.user, "lg", photo=True, css_class="result__photo")}
<div class="result__words"><h2><a href="{href}">{escape(card.name)}</a></h2>{headline}</div>
<p class="result__quote small muted">{skills}</p>{_facts(card)}
<div class="result__price">{_price(card)}</div></li>
"""


def _facts(card: Any) -> str:
    facts = [
        ("calendar", card.days),
        ("clock", card.answers),
        ("message-circle", "" if card.is_bookable else _("Échange par messagerie")),
    ]
    rows = [f"<li>{house.icon(icon, 'small')}{escape(words)}</li>" for icon, words in facts if words]
    return f'<ul class="result__facts facts" role="list">{"".join(rows)}</ul>' if rows else ""


def _price(card: Any) -> str:
    if not card.is_bookable:
        return f'<span class="hint">{escape(_("Pas encore réservable"))}</span>'
    hour = f"<strong>{house.euros(card.rate_cents)}</strong><span>{escape(_('/h TTC'))}</span>"
    return f'<p class="price price--small">{hour}</p>{rating(tenths=card.tenths, count=card.count)}'
