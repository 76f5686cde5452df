"""Django's plain widgets and lists of errors, written out by functions: what its templates say, at a tenth of the cost.

A list of choices is a template within a template for each option; a page with filters spent a third of its time there.
Whatever is not named here, and whatever a widget of ours draws with a template of its own, is drawn by its template.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from django import forms
from django.forms.renderers import BaseRenderer
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

Widget = Mapping[str, Any]


def _attributes(widget: Widget) -> str:
    return "".join(
        f" {name}" if value is True else f' {name}="{conditional_escape(str(value))}"'
        for name, value in widget["attrs"].items()
        if value is not False
    )


def _input(widget: Widget) -> str:
    value = widget["value"]
    words = "" if value is None else f' value="{conditional_escape(str(value))}"'
    return f'<input type="{widget["type"]}" name="{conditional_escape(widget["name"])}"{words}{_attributes(widget)}>'


def _select(widget: Widget) -> str:
    groups = "".join(_group(name, options) for name, options, _place in widget["optgroups"])
    return f'<select name="{conditional_escape(widget["name"])}"{_attributes(widget)}>{groups}\n</select>'


def _group(name: str | None, options: list[Widget]) -> str:
    rows = "".join(f"\n  {_option(option)}\n" for option in options)
    return format_html('\n  <optgroup label="{}">{}\n  </optgroup>', name, mark_safe(rows)) if name else rows  # noqa: S308


def _option(widget: Widget) -> str:
    value, label = conditional_escape(str(widget["value"])), conditional_escape(widget["label"])
    return f'<option value="{value}"{_attributes(widget)}>{label}</option>'


def _textarea(widget: Widget) -> str:
    words = conditional_escape(widget["value"]) if widget["value"] else ""
    return f'<textarea name="{conditional_escape(widget["name"])}"{_attributes(widget)}>\n{words}</textarea>'


def _errors(context: Widget) -> str:
    """`errors` is a list that knows the field it is about, if any."""
    errors = context["errors"]
    if not errors:
        return ""
    named = f' id="{conditional_escape(errors.field_id)}_error"' if errors.field_id else ""
    rows = "".join(f"<li>{conditional_escape(error)}</li>" for error in errors)
    return f'<ul class="{conditional_escape(context["error_class"])}"{named}>{rows}</ul>'


_FOLDER = "django/forms/widgets/"
_ERRORS = "django/forms/errors/list/default.html"
_INPUTS = "input text number email url password hidden date time datetime tel search color checkbox"
_DRAWINGS: dict[str, Callable[[Widget], str]] = {
    **{f"{_FOLDER}{name}.html": _input for name in _INPUTS.split()},
    f"{_FOLDER}select.html": _select,
    f"{_FOLDER}textarea.html": _textarea,
}


def draw(template_name: str, context: Mapping[str, Any]) -> SafeString | None:
    """None when the template has to."""
    if template_name == _ERRORS:
        return mark_safe(_errors(context))  # noqa: S308
    widget = context["widget"] if template_name.startswith(_FOLDER) else None
    if widget is None:
        return None
    if template_name.endswith("_option.html"):
        return None if widget["wrap_label"] else mark_safe(_input(widget))  # noqa: S308
    drawing = _DRAWINGS.get(template_name)
    # Each value was escaped on its way.
    return mark_safe(drawing(widget)) if drawing else None  # noqa: S308


# --- Plain lists, without the dictionary that Django makes of each option ---------------------------------------------

# Options that a process remembers: the same few are on every page.
KEPT = 1_000


class PlainSelect(forms.Select):
    """A list without groups: the same characters as Django's."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: BaseRenderer | None = None
    ) -> SafeString:
        chosen = self.format_value(value)
        options = "".join(_plain_option(str(key), str(label), str(key) in chosen) for key, label in self.choices)
        around = _attributes({"attrs": self.build_attrs(self.attrs, attrs)})
        # Each value was escaped on its way.
        return mark_safe(f'<select name="{conditional_escape(name)}"{around}>{options}\n</select>')  # noqa: S308


# A label that needs no escaping equals one that does, but is of another type.
@lru_cache(KEPT, typed=True)
def _plain_option(key: str, label: str, is_chosen: bool) -> str:  # noqa: FBT001
    selected = " selected" if is_chosen else ""
    return f'\n  <option value="{conditional_escape(key)}"{selected}>{conditional_escape(label)}</option>\n'


class Boxes(forms.CheckboxSelectMultiple):
    """Boxes to tick, each within its label."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: BaseRenderer | None = None
    ) -> SafeString:
        chosen = self.format_value(value)
        shared = self.build_attrs(self.attrs, attrs)
        first = shared.pop("id")
        rest = _attributes({"attrs": shared})
        boxes = [
            _box(name, f"{first}_{place}", str(key), str(label), rest + (" checked" if str(key) in chosen else ""))
            for place, (key, label) in enumerate(self.choices)
        ]
        return mark_safe("".join(boxes))  # noqa: S308


@lru_cache(KEPT, typed=True)
def _box(name: str, identifier: str, key: str, label: str, rest: str) -> str:
    named = f'name="{conditional_escape(name)}" value="{conditional_escape(key)}" id="{conditional_escape(identifier)}"'
    box = f'<input type="checkbox" {named}{rest}>{conditional_escape(label)}'
    return f'<label class="check" for="{conditional_escape(identifier)}">{box}</label>'
