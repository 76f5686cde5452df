"""Sentences found without gettext's programs."""

from core.messages import in_python, in_template

TEMPLATE = """
{% load i18n %}<h1 title="{% translate 'Bonjour' %}">{% translate "Il dit (tout bas) 'oui'" %}</h1>
{% blocktranslate trimmed with name=user.name %}
  Bienvenue,
  {{ name }} !
{% endblocktranslate %}
{% blocktranslate trimmed count n=3 %}Une session.{% plural %}{{ n }} sessions.{% endblocktranslate %}
{% translate "mai" context "mois" %} {{ _("Fin") }}
"""

MODULE = """
from django.utils.translation import gettext_lazy as _, ngettext
A = _("Prénom")
B = ngettext("%d élément", "%d éléments", 3)
C = str(1)
D = _(f"non {A}")
"""


def test_a_template_is_read_as_django_reads_it() -> None:
    assert set(in_template(TEMPLATE)) == {
        ("", "Bonjour", ""),
        ("", "Il dit (tout bas) 'oui'", ""),
        ("", "Bienvenue, %(name)s !", ""),
        ("", "Une session.", "%(n)s sessions."),
        ("mois", "mai", ""),
        ("", "Fin", ""),
    }


def test_a_module_is_read_through_the_names_it_gives() -> None:
    assert set(in_python(MODULE)) == {("", "Prénom", ""), ("", "%d élément", "%d éléments")}
