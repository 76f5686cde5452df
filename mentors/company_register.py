"""The public company register: the State's « Recherche d’entreprises » interface, read by SIREN without a key."""

import json
from dataclasses import dataclass
from datetime import date
from http.client import HTTPException
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from django.conf import settings

# A page waits for it: seconds.
PATIENCE = 3
MOST_BYTES = 1024 * 1024
CLOSED = "C"


class RegisterUnreachable(Exception):
    """It is down, slow, or says what nobody understands: never a reason to refuse anybody."""


@dataclass(frozen=True)
class Company:
    name: str
    address: str
    is_closed: bool
    closed_on: date | None


def look_up(siren: str) -> Company | None:
    """The company of this number; None when the register has none to show. Raises RegisterUnreachable."""
    try:
        rows = _ask(siren)["results"]
        found = next((row for row in rows if row["siren"] == siren), None)
        return _company(found) if found else None
    except (OSError, HTTPException, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise RegisterUnreachable from error


def _ask(siren: str) -> Any:
    address = f"{settings.COMPANY_REGISTER_URL}?{urlencode({'q': siren, 'per_page': 5})}"
    request = Request(address, headers={"Accept": "application/json"})  # noqa: S310  (the address is a setting)
    with urlopen(request, timeout=PATIENCE) as response:  # noqa: S310
        return json.loads(response.read(MOST_BYTES))


def _company(row: dict[str, Any]) -> Company:
    closed_on = row.get("date_fermeture")
    return Company(
        name=_words(row.get("nom_complet"))[:200],
        address=_words((row.get("siege") or {}).get("adresse"))[:300],
        is_closed=row["etat_administratif"] == CLOSED,
        closed_on=date.fromisoformat(closed_on) if closed_on else None,
    )


def _words(value: object) -> str:
    """On one line, without what no database keeps: a NUL, half a character."""
    return "".join(sign if sign.isprintable() else " " for sign in str(value or ""))
