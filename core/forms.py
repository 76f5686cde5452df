"""How forms are drawn, one field template for the whole product; and names, which other people read."""

from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest

from core import widgets
from core.text import one_line


class FormRenderer(TemplatesSetting):
    field_template_name = "components/form_field.html"
    form_template_name = "components/form.html"

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        drawn = widgets.draw(template_name, context)
        return super().render(template_name, context, request) if drawn is None else drawn


class OneLineField(forms.CharField):
    """A name of somebody or something: it stands in headers of e-mails and on invoices."""

    def to_python(self, value: Any) -> str:
        return one_line(super().to_python(value) or "")
