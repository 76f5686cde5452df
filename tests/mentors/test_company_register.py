"""What the State's company register says of a SIREN, asked over HTTP of a register that stands on this machine."""

import json
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from billing.models import BillingProfile
from core import clock
from mentors.errors import CompanyClosed
from mentors.models import MentorProfile, RegisterAnswer
from mentors.services import consult_register, submit_application, validate
from mentors.states import MentorStatus
from mentors.tasks import consult_register as sweep
from tests.mentors.people import SIREN, give_company, make_applicant, make_member, make_staff

pytestmark = pytest.mark.django_db

OPEN: dict[str, Any] = {
    "siren": SIREN,
    "nom_complet": "INES HADDAD",
    "etat_administratif": "A",
    "date_fermeture": None,
    "siege": {"adresse": "3 RUE DES LILAS 69001 LYON"},
}
CLOSED = OPEN | {"etat_administratif": "C", "date_fermeture": "2024-02-29"}
COMPANY = {
    "business_name": "Inès Haddad EI",
    "address": "3 rue des Lilas",
    "postcode": "69001",
    "city": "Lyon",
    "siren": SIREN,
    "vat_regime": "franchise",
}


class Register(ThreadingHTTPServer):
    """`answer`: the body it gives to everybody, or `raw`: all it sends; `asked`: the numbers it was asked about.

    `dribbled` are the first words of an answer that then comes byte by byte, for ever.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = b""
        self.raw = b""
        self.dribbled = b""
        self.given_up = Event()
        self.asked: list[str] = []

    def knows(self, *companies: dict[str, Any]) -> None:
        self.answer = json.dumps({"results": companies}).encode()


class _Handler(BaseHTTPRequestHandler):
    server: Register

    def do_GET(self) -> None:
        self.server.asked += parse_qs(urlsplit(self.path).query)["q"]
        if self.server.dribbled:
            self._dribble()
            return
        if self.server.raw:
            self.wfile.write(self.server.raw)
            return
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.server.answer)

    def _dribble(self) -> None:
        try:
            self.wfile.write(self.server.dribbled)
            while not self.server.given_up.wait(0.02):
                self.wfile.write(b" ")
        except OSError:
            self.server.given_up.set()

    def log_message(self, *_args: object) -> None:
        """Nothing is printed."""


@pytest.fixture
def register(settings: LazySettings) -> Iterator[Register]:
    with Register() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        settings.COMPANY_REGISTER_URL = f"http://127.0.0.1:{server.server_port}/search"
        yield server
        server.shutdown()


def test_an_open_company_is_kept_with_what_the_register_says(register: Register) -> None:
    register.knows(OPEN | {"siren": "552100554"}, OPEN)
    user = make_member()
    give_company(user)
    answer = RegisterAnswer.objects.get(siren=SIREN)
    assert (answer.is_known, answer.is_closed, answer.name) == (True, False, "INES HADDAD")
    assert answer.address == "3 RUE DES LILAS 69001 LYON"
    assert BillingProfile.objects.get(user=user).siren == SIREN


def test_a_closed_company_is_refused_and_what_was_typed_stays(register: Register, client: Client) -> None:
    register.knows(CLOSED)
    user = make_member()
    client.force_login(user)
    page = client.post(reverse("mentors:company"), COMPANY).content.decode()
    assert "Cette entreprise est indiquée comme fermée." in page
    assert "3 rue des Lilas" in page
    assert not BillingProfile.objects.filter(user=user).exists()


def test_what_no_database_keeps_is_left_out_of_what_the_register_says(register: Register) -> None:
    register.answer = json.dumps({"results": [OPEN | {"nom_complet": "INES\0\ud800HADDAD\n"}]}).encode()
    give_company(make_member())
    assert RegisterAnswer.objects.get(siren=SIREN).name == "INES  HADDAD "


@pytest.mark.parametrize("lines", [b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"])
def test_a_register_that_does_not_speak_http_refuses_nobody(register: Register, lines: bytes) -> None:
    register.raw = lines
    user = make_member()
    give_company(user)
    assert BillingProfile.objects.filter(user=user).exists()
    assert not RegisterAnswer.objects.exists()


@pytest.mark.parametrize("first", [b"HTTP/1.1 200 OK\r\nX-Slow:", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_register_that_dribbles_is_given_up_as_a_whole(
    register: Register, monkeypatch: pytest.MonkeyPatch, first: bytes
) -> None:
    monkeypatch.setattr("mentors.company_register.PATIENCE", 0.3)
    register.dribbled = first
    user = make_member()
    give_company(user)
    # Before it ended by itself, and it never does.
    assert BillingProfile.objects.filter(user=user).exists()
    assert not RegisterAnswer.objects.exists()
    assert register.given_up.wait(5)


@pytest.mark.parametrize(
    "answer", [b"[" * 200_000, b"", b"[]", b'{"results": 3}', b'{"results": [{"siren": "732829320"}]}']
)
def test_a_register_that_says_nonsense_refuses_nobody(register: Register, answer: bytes) -> None:
    register.answer = answer
    user = make_member()
    give_company(user)
    assert BillingProfile.objects.filter(user=user).exists()
    assert not RegisterAnswer.objects.exists()


def test_a_register_that_is_down_refuses_nobody_and_is_asked_again_later(register: Register) -> None:
    register.answer = b"down"
    applicant = make_applicant()
    assert applicant.status == MentorStatus.SUBMITTED
    assert not RegisterAnswer.objects.exists()
    register.knows(OPEN)
    sweep()
    assert RegisterAnswer.objects.get(siren=SIREN).is_known
    asked = len(register.asked)
    sweep()
    assert len(register.asked) == asked


def test_a_number_the_register_does_not_show_is_no_refusal(register: Register) -> None:
    register.knows()
    give_company(make_member())
    assert not RegisterAnswer.objects.get(siren=SIREN).is_known


def test_the_register_is_asked_once_a_day_for_one_number(register: Register) -> None:
    register.knows(OPEN)
    now = clock.now()
    for hours in (0, 1, 23):
        consult_register(siren=SIREN, now=now + timedelta(hours=hours))
    assert register.asked == [SIREN]
    register.knows(CLOSED)
    answer = consult_register(siren=SIREN, now=now + timedelta(hours=25))
    assert answer
    assert answer.is_closed


def test_nobody_is_asked_when_no_register_is_set() -> None:
    give_company(make_member())
    sweep()
    assert not RegisterAnswer.objects.exists()


def closed_meanwhile(profile: MentorProfile) -> None:
    RegisterAnswer.objects.create(siren=SIREN, asked_at=clock.now(), is_known=True, is_closed=True, name="INES HADDAD")
    assert BillingProfile.objects.get(user=profile.user).siren == SIREN


def test_a_company_that_closed_meanwhile_is_neither_sent_nor_validated() -> None:
    profile = make_applicant()
    closed_meanwhile(profile)
    with pytest.raises(CompanyClosed):
        validate(profile=profile, by=make_staff(), reason="Tout y est.")
    MentorProfile.objects.filter(pk=profile.pk).update(status=MentorStatus.CHANGES_REQUESTED)
    with pytest.raises(CompanyClosed):
        submit_application(user=profile.user)


def test_the_team_reads_the_answer_of_the_register(client: Client) -> None:
    profile = make_applicant()
    address = reverse("admin:mentors_mentorprofile_change", args=[profile.pk])
    client.force_login(make_staff())
    assert "Registre non consulté" in client.get(address).content.decode()
    closed_meanwhile(profile)
    page = client.get(address).content.decode()
    assert "INES HADDAD" in page
    assert "fermée" in page
