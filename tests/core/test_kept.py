"""Parts of pages written once: for each language and value, never with anything of a person."""

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.templatetags.i18n import TranslateNode
from django.utils import translation

from accounts.models import User
from core.templatetags import kept


def test_a_part_is_written_once_for_each_language_and_value() -> None:
    page = Template('{% kept here=here %}{% translate "Aide" %} {{ here }}{% endkept %}')

    def shown(here: str) -> str:
        return page.render(Context({"here": here}))

    assert [shown("a"), shown("b"), shown("a")] == ["Aide a", "Aide b", "Aide a"]
    with translation.override("en"):
        assert shown("a") == "Help a"
    [node] = page.nodelist
    assert isinstance(node, kept.KeptNode)
    node.nodelist.clear()
    assert shown("a") == "Aide a"


def test_what_is_inside_knows_the_values_named_and_nothing_else() -> None:
    page = Template("{% kept count=count|add:1 %}{{ count }}{{ name }}{{ request }}{{ csrf_token }}{% endkept %}")
    assert page.render(Context({"count": 1, "name": "Léa", "request": "r", "csrf_token": "c"})) == "2"


def test_what_was_typed_is_escaped() -> None:
    assert Template("{% kept word=word %}{{ word }}{% endkept %}").render(Context({"word": "<b>"})) == "&lt;b&gt;"


def test_a_person_cannot_be_kept() -> None:
    with pytest.raises(TemplateSyntaxError, match="member"):
        Template("{% kept member=member %}{{ member }}{% endkept %}").render(Context({"member": User(pk=1)}))


def test_values_need_names() -> None:
    with pytest.raises(TemplateSyntaxError, match="here"):
        Template("{% kept here %}{% endkept %}")


def test_memory_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST", 2)
    page = Template("{% kept number=number %}{{ number }}{% endkept %}")
    assert [page.render(Context({"number": number})) for number in range(5)] == list("01234")
    [node] = page.nodelist
    assert len(vars(node)["_kept"]) <= 2


# --- Words that stand in the template -------------------------------------------------------------------------------


@pytest.mark.parametrize("source", ['{% translate "Aide" %}', '{% translate "Aide" as words %}{{ words }}'])
def test_words_are_looked_up_once_for_each_language(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    page = Template(source)

    def shown() -> list[str]:
        with translation.override("en"):
            english = page.render(Context())
        return [page.render(Context()), english]

    assert shown() == ["Aide", "Help"]
    monkeypatch.setattr(TranslateNode, "render", pytest.fail)
    assert shown() == ["Aide", "Help"]


@pytest.mark.parametrize(
    "source",
    ["{% translate word %}", "{% translate word|default:'?' %}", "{% translate word as said %}{{ said }}"],
)
def test_words_given_to_the_template_are_not_kept(source: str) -> None:
    page = Template(source)
    assert [page.render(Context({"word": word})) for word in ("Aide", "Aucun", "<b>")] == ["Aide", "Aucun", "&lt;b&gt;"]


def test_words_stay_what_django_makes_of_them() -> None:
    page = Template(
        '{% translate "100 % <b>" %}{% translate "Aide"|upper %}{% translate "Aide" noop %}{% translate _("Aide") %}'
    )
    with translation.override("en"):
        assert [page.render(Context()) for _ in range(2)] == ["100 % <b>HELPAideHelp"] * 2
