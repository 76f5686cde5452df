"""How forms are drawn: one field template for the whole product."""

from django.forms.renderers import TemplatesSetting


class FormRenderer(TemplatesSetting):
    field_template_name = "components/form_field.html"
    form_template_name = "components/form.html"
