"""Avatars, badges and marks, drawn by functions: what is said, and that nothing typed gets out of its place."""

from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.utils import translation

from accounts.models import MemberPage, User

NASTY = '"><b>'
ESCAPED = "&quot;&gt;&lt;b&gt;"


def render(source: str, **context: object) -> str:
    return Template(source).render(Context(context)).strip()


def member(photo: str = "") -> User:
    user = User(first_name="Léa", last_name="Martin")
    user.page = MemberPage(user=user, photo=photo)
    return user


def test_a_member_without_a_photo_is_two_letters_that_screen_readers_skip() -> None:
    html = render('{% avatar user "lg" photo=True css_class="x" %}', user=member())
    assert html == '<span class="x avatar avatar--lg avatar--photo" aria-hidden="true">LM</span>'


@pytest.mark.parametrize("user", [None, "", User(first_name="Léa")])
def test_somebody_without_a_page_has_an_avatar_too(user: object) -> None:
    assert render("{% avatar user %}", user=user).endswith(f"{'L' if user else '?'}</span>")


def test_a_photo_is_loaded_when_it_comes_into_view_and_says_what_it_is_told_to() -> None:
    html = render("{% avatar user alt=alt %}", user=member("portraits/lea.webp"), alt=NASTY)
    assert html == (
        f'<span class="avatar"><img src="/media/portraits/lea.webp" alt="{ESCAPED}" width="160" height="160" '
        'loading="lazy"></span>'
    )


def test_a_badge_says_its_label_then_its_hint() -> None:
    html = render("{% badge label kind hint %}", label=NASTY, kind="count", hint="non lus")
    said = '<span class="visually-hidden"> non lus</span>'
    assert html == f'<span class="badge badge--count">{ESCAPED}{said}</span>'
    assert render("{% badge 3 'neutral' %}") == '<span class="badge">3</span>'


def test_marks_are_said_in_figures() -> None:
    with translation.override("fr"):
        assert ">4,9</span>" in render("{% rating tenths=49 count=1 %}")
        assert ">4,9</span>" in render("{% rating mark=mean count=12 %}", mean=4.9)
        assert "12 avis" in render("{% rating tenths=49 count=12 %}")
        assert "Pas encore d’avis" in render("{% rating tenths=None count=0 %}")
        html = render("{% rating mark=4 %}")
    assert "★★★★☆" in html
    assert "4 sur 5" in html


@pytest.mark.parametrize("name", ["avatar", "badge", "rating"])
def test_including_a_piece_draws_the_same(name: str) -> None:
    given = {"user": member(), "size": "sm", "label": NASTY, "kind": "info", "tenths": 49, "count": 3}
    whole = SimpleNamespace(
        avatar='{% avatar user "sm" %}', badge="{% badge label kind %}", rating="{% rating tenths=tenths count=count %}"
    )
    included = render(f'{{% include "components/{name}.html" %}}', **given)
    assert included == render(getattr(whole, name), **given)


@dataclass(frozen=True)
class Shown:
    first_name: str = "Léa"
    last_name: str = "Martin"
    photo_url: str = ""


@dataclass(frozen=True)
class Card:
    """What lists know of a member."""

    user: Shown = field(default_factory=Shown)
    name: str = "Léa Martin"
    href: str = "/membres/lea/"
    headline: str = ""
    skills: tuple[str, ...] = ()
    rate_cents: int | None = 4700
    is_bookable: bool = True
    tenths: int | None = None
    count: int = 0
    days: str = ""
    answers: str = ""


def test_a_result_says_whatever_is_known_and_nothing_typed_gets_out_of_its_place() -> None:
    known = Card(name=NASTY, headline=NASTY, skills=(NASTY, "Python"), days="Lundi", answers="Répond vite")
    html = render("{% results cards skill %}", cards=[known], skill=SimpleNamespace(slug="python"))
    assert NASTY not in html
    assert f'<h2><a href="/membres/lea/?competence=python">{ESCAPED}</a></h2><p>{ESCAPED}</p>' in html
    assert f">{ESCAPED}, Python</p>" in html
    assert html.count("<li>") == 2
    assert "<strong>47,00\u00a0€</strong><span>/h TTC</span>" in html


def test_who_cannot_be_booked_has_no_price() -> None:
    html = render("{% results cards %}", cards=[Card(is_bookable=False, rate_cents=None)])
    assert '<h2><a href="/membres/lea/">Léa Martin</a></h2></div>' in html
    assert '<span class="hint">Pas encore réservable</span>' in html
    assert "Échange par messagerie</li>" in html
    assert "price--small" not in html


def test_a_remembered_result_is_never_that_of_another_day_skill_photo_or_language() -> None:
    def drawn(card: Card, skill: str = "") -> str:
        asked = SimpleNamespace(slug=skill) if skill else None
        return render("{% results cards asked %}", cards=[card], asked=asked)

    cards = [Card(), Card(user=Shown(photo_url="/media/lea.jpg")), Card(days="Lundi"), Card(count=2, tenths=45)]
    each = [drawn(card) for card in cards] + [drawn(cards[0], "python"), drawn(cards[0], "couture")]
    with translation.override("en"):
        each.append(drawn(cards[0]))
    assert len(set(each)) == len(each)
    assert each[:4] == [drawn(card) for card in cards]
