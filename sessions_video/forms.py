"""What the room's page sends outside of its socket."""

import json
from math import isfinite
from typing import Any, NoReturn

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from sessions_video.models import ReportTopic

MOST_BYTES = 64 * 1024
DEEPEST = 6


class ReportForm(forms.Form):
    topic = forms.ChoiceField(
        choices=ReportTopic.choices, error_messages={"required": _("Choisissez ce que le problème concerne.")}
    )
    words = forms.CharField(max_length=2000, required=False)
    client_id = forms.UUIDField()
    statistics = forms.CharField(required=False)

    def clean_statistics(self) -> dict[str, Any]:
        """A record of the page; anything else is refused before it reaches the database."""
        text = self.cleaned_data["statistics"] or "{}"
        if len(text.encode(errors="replace")) > MOST_BYTES:
            raise ValidationError(_("Les mesures jointes sont trop longues."))
        try:
            return _read(text)
        except (ValueError, RecursionError) as error:
            raise ValidationError(_("Les mesures jointes ne sont pas lisibles.")) from error


def _read(text: str) -> dict[str, Any]:
    found = json.loads(text, parse_constant=_refuse)
    _check(found, DEEPEST)
    if not isinstance(found, dict):
        raise ValueError(type(found))  # noqa: TRY004  (one kind of refusal)
    return found


def _refuse(constant: str) -> NoReturn:
    """NaN and the infinities, which Python reads and PostgreSQL does not."""
    raise ValueError(constant)


def _check(value: Any, depth: int) -> None:
    """No NUL, half of a surrogate pair or infinity, which PostgreSQL does not keep, and no bottomless nesting."""
    if depth < 0:
        raise ValueError
    # 1e999 is a number to JSON and an infinity to Python.
    if isinstance(value, float) and not isfinite(value):
        raise ValueError
    if isinstance(value, str):
        value.encode()
        if "\x00" in value:
            raise ValueError
    parts = [*value.keys(), *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else []
    for part in parts:
        _check(part, depth - 1)
