"""The public company register: the State's « Recherche d’entreprises » interface, read by SIREN without a key."""

import json
import socket
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from threading import Timer
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPHandler, HTTPSHandler, Request, build_opener

from django.conf import settings

# A page waits for it: seconds to be reached, and as many for the whole answer.
PATIENCE = 3.0
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
    with build_opener(_Http, _Https).open(request, timeout=PATIENCE) as response:
        return json.loads(response.read(MOST_BYTES))


class _Patient(HTTPConnection):
    """A timeout begins anew with each byte: one that dribbles would hold the page for as long as it likes."""

    def connect(self) -> None:
        super().connect()
        cut = Timer(PATIENCE, _cut, [self.sock])
        cut.daemon = True
        cut.start()


class _PatientSecure(_Patient, HTTPSConnection):
    """The same over TLS: its handshake is within `connect`, which has a timeout as a whole."""


class _Http(HTTPHandler):
    def http_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_Patient, req)


class _Https(HTTPSHandler):
    def https_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_PatientSecure, req)


def _cut(connection: socket.socket) -> None:
    """Whoever reads finds the end; when all was read long ago, it is closed already."""
    with suppress(OSError):
        # Not the one of TLS, which would go on in the clear.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)


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
