"""Widgets drawn by functions: what Django's templates would have written, to the character."""

from typing import Any

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.forms.utils import ErrorList
from django.utils.html import conditional_escape
from django.utils.safestring import mark_safe

from core.forms import FormRenderer
from core.widgets import Boxes, PlainSelect

NASTY = '"><script>&\u202f»'
GROUPS: list[Any] = [("", "Aucune"), (NASTY, [("a", NASTY), (2, "Deux")]), ("b", mark_safe("<b>B</b>"))]


class Everything(forms.Form):
    text = forms.CharField(initial=NASTY, widget=forms.TextInput(attrs={"class": "input", "data-x": NASTY}))
    words = forms.CharField(initial=f"\n{NASTY}", widget=forms.Textarea(attrs={"rows": 4, "required": False}))
    nothing = forms.CharField(required=False, widget=forms.Textarea)
    number = forms.IntegerField(initial=1234, min_value=0, max_value=9999)
    email = forms.EmailField(required=False)
    password = forms.CharField(widget=forms.PasswordInput)
    day = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), initial="2026-11-22")
    secret = forms.UUIDField(widget=forms.HiddenInput, required=False)
    agreed = forms.BooleanField(initial=True)
    refused = forms.BooleanField(required=False)
    one = forms.ChoiceField(choices=GROUPS, initial="b")
    several = forms.MultipleChoiceField(choices=GROUPS, initial=["a"], widget=forms.SelectMultiple)
    boxes = forms.MultipleChoiceField(choices=[("x", NASTY), ("y", "Y")], widget=forms.CheckboxSelectMultiple)
    radios = forms.ChoiceField(choices=[("x", NASTY), ("y", "Y")], initial="y", widget=forms.RadioSelect)


def drawn(renderer: TemplatesSetting, name: str, data: dict[str, Any] | None) -> list[str]:
    field = Everything(data, renderer=renderer)[name]
    parts = [box.tag() for box in field.subwidgets] if name in ("boxes", "radios") else []
    return [str(field), *parts]


@pytest.mark.parametrize("data", [None, {"text": NASTY, "one": NASTY, "boxes": ["x"], "number": "x"}])
@pytest.mark.parametrize("name", list(Everything.base_fields))
def test_a_widget_is_drawn_as_its_template_would(name: str, data: dict[str, Any] | None) -> None:
    assert drawn(FormRenderer(), name, data) == drawn(TemplatesSetting(), name, data)


@pytest.mark.parametrize("field", [None, NASTY])
@pytest.mark.parametrize("errors", [[], ["Trop court."], [NASTY, mark_safe("<b>Non</b>")]])
def test_a_list_of_errors_is_what_its_template_would_write(errors: list[str], field: str | None) -> None:
    def written(renderer: TemplatesSetting) -> str:
        return str(ErrorList(errors, error_class=NASTY, renderer=renderer, field_id=field))

    assert written(FormRenderer()) == written(TemplatesSetting())


CHOICES: list[Any] = [("", "Aucune"), (NASTY, NASTY), (2, mark_safe("<b>Deux</b>"))]


class Plain(forms.Form):
    one = forms.ChoiceField(choices=CHOICES, required=False, widget=PlainSelect(attrs={"class": NASTY}))
    several = forms.MultipleChoiceField(choices=CHOICES[1:], required=False, widget=Boxes)


class Usual(Plain):
    one = forms.ChoiceField(choices=CHOICES, required=False, widget=forms.Select(attrs={"class": NASTY}))
    several = forms.MultipleChoiceField(choices=CHOICES[1:], required=False, widget=forms.CheckboxSelectMultiple)


DATA: list[dict[str, Any] | None] = [
    None,
    {},
    {"one": NASTY, "several": [NASTY, "2"]},
    {"one": "x", "several": ["x", 2]},
]


@pytest.mark.parametrize("data", DATA)
def test_a_plain_list_is_what_django_writes(data: dict[str, Any] | None) -> None:
    assert str(Plain(data)["one"]) == str(Usual(data)["one"])


@pytest.mark.parametrize("data", DATA)
def test_boxes_to_tick_are_those_of_django_each_in_its_label(data: dict[str, Any] | None) -> None:
    labeled = [
        f'<label class="check" for="{box.id_for_label}">{box.tag()}{conditional_escape(box.choice_label)}</label>'
        for box in Usual(data)["several"].subwidgets
    ]
    assert str(Plain(data)["several"]) == "".join(labeled)
