"""What goes on behind the scenes at Stripe, made to happen by hand on a page, or by tests over HTTP."""

import json
from http.client import HTTPConnection
from threading import Thread
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from billing.gateway import DisputeState, RefundState, TransferOrder, get_gateway
from billing.gateway.client import Gateway
from stripe_sandbox import FaultKind, Sandbox, controls
from stripe_sandbox.drawing import Page, euros, when
from stripe_sandbox.errors import Refusal
from stripe_sandbox.panel import SAID
from stripe_sandbox.web import _closed, visit
from tests.billing.test_gateway import make_account, pay
from tests.billing.test_sandbox import PAGE, Inbox, fetch, sdk, serving, wait_for
from tests.stripe import AT_ONCE, DISPUTED, REFUND_COMES_LATE

HERE = controls.ROOT


@pytest.fixture
def gateway(sandbox: Sandbox) -> Gateway:
    return get_gateway()


def look(sandbox: Sandbox) -> str:
    return visit(sandbox, "get", HERE).body


def press(sandbox: Sandbox, act: str, **fields: str) -> Page:
    """Press a button that the page has: it leads back to the page, which then says what was done."""
    shown = look(sandbox)
    assert f'value="{act}"' in shown
    assert all(f'value="{value}"' in shown for value in fields.values())
    answer = visit(sandbox, "post", HERE, urlencode({"act": act} | fields))
    if answer.status == 303:
        section, said = SAID[act]
        assert answer.location.endswith(f"#{section}")
        assert f'role="status">{said}' in visit(sandbox, "get", answer.location).body
    return answer


# --- the page ---


def test_an_empty_stripe_says_so_in_every_list(sandbox: Sandbox) -> None:
    page = visit(sandbox, "get", HERE)
    assert page.status == 200
    for sentence in ("Personne n’a encore payé.", "Aucun paiement n’est contesté.", "Aucun virement n’est parti."):
        assert sentence in page.body
    assert "<script" not in page.body
    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_amounts_and_times_are_written_as_in_france() -> None:
    assert euros(123450) == "1\u202f234,50\u00a0€"
    assert euros(-5) == "\u22120,05\u00a0€"
    # 23:30 in Greenwich on the last day of the month is the first of the next in Paris.
    assert when(1796081400) == "1er\u00a0déc. à\u00a000:30"


def test_what_members_wrote_is_escaped(gateway: Gateway, sandbox: Sandbox) -> None:
    account = gateway.create_account(email="a@example.org", name="<b>Inès</b>", country="FR", key="account:1")
    assert account.id in look(sandbox)
    assert "&lt;b&gt;Inès&lt;/b&gt;" in look(sandbox)
    assert "<b>" not in look(sandbox)


def test_a_payment_names_who_paid(gateway: Gateway, sandbox: Sandbox) -> None:
    charge = sandbox.store.get("charge", pay(gateway, sandbox))
    name = sandbox.store.get("customer", charge["customer"])["name"]
    assert name
    assert f"<span>{name}</span>" in look(sandbox)


def test_the_page_leads_back_to_where_the_demo_is() -> None:
    assert "Revenir à la démonstration" not in look(Sandbox())
    assert '<a href="http://localhost:8000/demo/">' in look(Sandbox(site_url="http://localhost:8000/demo/"))


def test_a_payment_page_that_closed_leads_back_to_the_site(sandbox: Sandbox) -> None:
    assert "Revenir au site" not in visit(sandbox, "get", "/inconnue/").body
    closed = {"status": "expired", "success_url": "", "cancel_url": "http://localhost:8000/reservations/a/"}
    page = _closed(closed)
    assert page.status == 410
    assert '<a href="http://localhost:8000/reservations/a/">Revenir au site</a>' in page.body


def test_a_payment_is_disputed_and_the_dispute_decided_by_hand(gateway: Gateway, sandbox: Sandbox) -> None:
    charge = pay(gateway, sandbox)
    assert "Visa\u00a0••••\u00a04242" in look(sandbox)
    press(sandbox, "disputes/open/", charge=charge)
    (dispute,) = sandbox.store.all("dispute")
    press(sandbox, "disputes/answer/", dispute=dispute["id"])
    press(sandbox, "disputes/lose/", dispute=dispute["id"])
    assert gateway.retrieve_dispute(dispute["id"]).state == DisputeState.LOST
    assert "Perdue" in look(sandbox)
    assert "Gagner en appel" in look(sandbox)
    press(sandbox, "disputes/win/", dispute=dispute["id"])
    assert gateway.retrieve_dispute(dispute["id"]).state == DisputeState.WON
    assert "Gagner en appel" not in look(sandbox)


def test_a_banks_question_becomes_a_dispute_by_hand(gateway: Gateway, sandbox: Sandbox) -> None:
    press(sandbox, "disputes/inquire/", charge=pay(gateway, sandbox))
    (dispute,) = sandbox.store.all("dispute")
    assert "Question de la banque" in look(sandbox)
    press(sandbox, "disputes/escalate/", dispute=dispute["id"])
    press(sandbox, "disputes/win/", dispute=dispute["id"])
    assert gateway.retrieve_dispute(dispute["id"]).state == DisputeState.WON


def test_a_banks_question_is_dismissed_by_hand(gateway: Gateway, sandbox: Sandbox) -> None:
    press(sandbox, "disputes/inquire/", charge=pay(gateway, sandbox))
    (dispute,) = sandbox.store.all("dispute")
    press(sandbox, "disputes/dismiss/", dispute=dispute["id"])
    assert gateway.retrieve_dispute(dispute["id"]).state == DisputeState.CLOSED


def test_a_refund_arrives_and_comes_back_by_hand(gateway: Gateway, sandbox: Sandbox) -> None:
    charge = pay(gateway, sandbox, number=REFUND_COMES_LATE)
    refund = gateway.refund(charge_id=charge, amount_cents=1000, reference="rf1", key="refund:1")
    press(sandbox, "refunds/complete/", refund=refund.id)
    assert gateway.retrieve_refund(refund.id).state == RefundState.SUCCEEDED
    press(sandbox, "refunds/fail/", refund=refund.id)
    assert gateway.retrieve_refund(refund.id).state == RefundState.FAILED
    assert "carte expirée ou fermée" in look(sandbox)


def test_an_account_is_restricted_emptied_and_activated_by_hand(gateway: Gateway, sandbox: Sandbox) -> None:
    charge, account = pay(gateway, sandbox), make_account(gateway, sandbox)
    sent = gateway.transfer(TransferOrder(1000, account, charge, "Python", {}), key="payout:1")
    gateway.reverse_transfer(sent.id, amount_cents=400, reference="rv1", key="reversal:1")
    assert "Repris\u202f: 4,00\u00a0€" in look(sandbox)
    press(sandbox, "accounts/empty/", account=account)
    press(sandbox, "accounts/restrict/", account=account)
    assert gateway.retrieve_account(account).transfers == "restricted"
    press(sandbox, "accounts/settle/", account=account)
    assert gateway.retrieve_account(account).transfers == "active"


def test_our_own_balance_moves_by_hand(gateway: Gateway, sandbox: Sandbox) -> None:
    press(sandbox, "fees/hold/")
    pay(gateway, sandbox, number=AT_ONCE)
    assert "frais pas encore annoncés" in look(sandbox)
    press(sandbox, "fees/release/")
    press(sandbox, "fees/take/", amount="250")
    press(sandbox, "bank/payout/", amount="")
    assert [row["type"] for row in sandbox.store.all("balance_transaction")] == ["payout", "stripe_fee", "charge"]
    assert gateway.balance().available_cents == 0


def test_what_is_refused_is_told_on_the_page(sandbox: Sandbox) -> None:
    refused = press(sandbox, "bank/payout/", amount="")
    assert (refused.status, "Le solde disponible ne suffit pas." in refused.body) == (409, True)
    for body in ("act=seen/&target=x", "act=nothing", ""):
        assert visit(sandbox, "post", HERE, body).status == 404
    for body in ("act=disputes/win/&dispute=du_nothing", "act=disputes/win/", "act=faults/&target=x&kind=meteor"):
        answer = visit(sandbox, "post", HERE, body)
        assert answer.status in {400, 404}
        assert 'role="alert"' in answer.body


def test_trouble_is_ordered_by_hand_and_called_off(gateway: Gateway, sandbox: Sandbox) -> None:
    press(sandbox, "faults/", target="POST /v1/refunds", kind="500", times="3")
    for kind in ("twice", "never", "late", "out_of_order"):
        press(sandbox, "faults/", target="*", kind=kind)
    shown = look(sandbox)
    assert "Le prochain remboursement échouera (3 fois)." in shown
    for sentence in ("arrivera deux fois.", "n’arrivera jamais.", "viendra en retard.", "arrivera après le suivant."):
        assert f"Le prochain webhook {sentence}" in shown
    press(sandbox, "faults/clear/")
    assert "Aucune panne n’attend." in look(sandbox)


def test_a_webhook_held_back_is_told(gateway: Gateway, sandbox: Sandbox) -> None:
    dispute = sandbox.open_dispute(pay(gateway, sandbox))
    press(sandbox, "faults/", target="*", kind="out_of_order")
    press(sandbox, "disputes/lose/", dispute=dispute)
    assert "Un webhook est retenu (charge.dispute.closed), jusqu’au suivant." in look(sandbox)


def test_long_lists_are_cut(gateway: Gateway, sandbox: Sandbox) -> None:
    for cents in range(1000, 2000, 100):
        pay(gateway, sandbox, cents=cents)
    assert "Et 2 de plus, plus anciens." in look(sandbox)


# --- the controls ---


def test_controls_answer_what_they_made(gateway: Gateway, sandbox: Sandbox) -> None:
    charge = pay(gateway, sandbox, number=AT_ONCE)
    made = controls.carry_out(sandbox, "disputes/open/", {"charge": charge, "amount": 500, "reason": "duplicate"})
    found = gateway.retrieve_dispute(made["id"])
    assert (found.amount_cents, found.reason) == (500, "duplicate")
    payout = controls.carry_out(sandbox, "bank/payout/", {"amount": 100})
    assert sandbox.store.get("payout", payout["id"])["amount"] == 100
    assert controls.carry_out(sandbox, "fees/hold/", {}) == {}


def test_time_passes_on_demand(gateway: Gateway, sandbox: Sandbox) -> None:
    pay(gateway, sandbox, number=DISPUTED)
    controls.carry_out(sandbox, "time/pass/", {})
    assert len(sandbox.store.all("dispute")) == 1


def test_a_control_that_is_unknown_or_lacks_something_is_refused(sandbox: Sandbox) -> None:
    for name, given in (("nothing/", {}), ("disputes/win/", {}), ("fees/take/", {"amount": "much"})):
        with pytest.raises(Refusal):
            controls.carry_out(sandbox, name, given)


# --- over HTTP ---


def send(url: str, name: str, body: str, **headers: str) -> tuple[int, str]:
    """Status and body of a control's answer."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=5)
    connection.request("POST", f"{HERE}{name}", body, headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def ask(url: str, name: str, **given: Any) -> str:
    """What a control made."""
    status, text = send(url, name, json.dumps(given))
    assert status == 200, text
    return str(json.loads(text).get("id", ""))


def test_the_server_shows_the_page_and_takes_its_buttons_but_not_another_sites() -> None:
    with serving() as url:
        assert fetch(f"{url}{HERE}") == 200
        assert fetch(f"{url}{HERE}", "act=fees/take/&amount=250") == 303
        assert fetch(f"{url}{HERE}?fait=fees/take/") == 200
        assert send(url, "disputes/win/", json.dumps({"dispute": "du_nothing"}))[0] == 404
        assert send(url, "disputes/win/", "not json")[0] == 400
        assert send(url, "fees/hold/", "{}", Origin=url)[0] == 200
        for elsewhere in ("https://elsewhere.example", "null"):
            assert send(url, "fees/hold/", "{}", Origin=elsewhere)[0] == 403


def test_the_server_disputes_a_payment_and_tells_it_out_of_order() -> None:
    with Inbox() as inbox:
        inbox.refusals = 0
        Thread(target=inbox.serve_forever, daemon=True).start()
        with serving("--webhook-url", f"http://127.0.0.1:{inbox.server_port}/") as url, sdk(url) as api:
            bank = str(api.v1.checkout.sessions.create(PAGE).url)  # type: ignore[arg-type]
            assert fetch(bank.replace("localhost", "127.0.0.1"), "number=4242424242424242") == 303
            (payment,) = api.v1.payment_intents.list().data
            ask(url, "faults/", target="charge.dispute.created", kind=FaultKind.OUT_OF_ORDER)
            name = ask(url, "disputes/open/", charge=str(payment.latest_charge))
            ask(url, "disputes/lose/", dispute=name)
            wait_for(lambda: len(inbox.letters) >= 5)
            assert [json.loads(body)["type"] for body, _signature in inbox.letters[2:]] == [
                "charge.dispute.funds_withdrawn",
                "charge.dispute.created",
                "charge.dispute.closed",
            ]
            assert api.v1.disputes.retrieve(name).status == "lost"
        inbox.shutdown()
