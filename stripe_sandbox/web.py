"""The pages a person sees: payment, bank confirmation, onboarding, and what goes on behind the scenes."""

from datetime import datetime
from html import escape
from urllib.parse import parse_qsl, urlsplit

from stripe_sandbox import panel
from stripe_sandbox.cards import CARDS
from stripe_sandbox.drawing import HERE, PARIS, Page, draw, euros, message
from stripe_sandbox.errors import Refusal
from stripe_sandbox.resources import accounts
from stripe_sandbox.resources.accounts import Outcome
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import Row

DEFAULT_NUMBER = "4242 4242 4242 4242"


def visit(sandbox: Sandbox, method: str, url: str, body: str = "") -> Page:
    """Answer a browser. `method` is in lower case."""
    address = urlsplit(url)
    given = dict(parse_qsl(body if method == "post" else address.query))
    try:
        return _visit(sandbox, method, address.path, given)
    except Refusal as refusal:
        return message(refusal.status, "Page indisponible", str(refusal))


def _visit(sandbox: Sandbox, method: str, path: str, form: dict[str, str]) -> Page:
    match path.strip("/").split("/"):
        case ["static", "sandbox.css"]:
            return Page(body=(HERE / "static" / "sandbox.css").read_text(encoding="utf8"), kind="text/css")
        case ["c", "pay", session_id]:
            return _checkout(sandbox, method, session_id, form)
        case ["c", "pay", session_id, "bank"]:
            return _bank(sandbox, method, session_id, form)
        case ["setup", token]:
            return _setup(sandbox, method, token, form)
        case ["_sandbox"] | [""]:
            return panel.visit(sandbox, method, form)
    return message(404, "Page introuvable", "Cette adresse n’existe pas.")


def _checkout(sandbox: Sandbox, method: str, session_id: str, form: dict[str, str]) -> Page:
    session = sandbox.load_session(session_id)
    if session["status"] != "open":
        return _closed(session)
    if method != "post":
        return _form(session)
    number = form.get("number", "")
    try:
        payment = sandbox.pay(session_id, number)
    except Refusal as refusal:
        return _form(session, error=str(refusal), number=number)
    return _after(session, payment, number)


def _closed(session: Row) -> Page:
    if session["status"] == "complete":
        return Page(303, location=session["success_url"])
    text = "Le délai de paiement est passé. Retournez sur le site et recommencez."
    return message(410, "Page expirée", text, back=session["cancel_url"] or "")


def _after(session: Row, payment: Row, number: str) -> Page:
    if payment["status"] == "requires_action":
        return Page(303, location=f"/c/pay/{session['id']}/bank")
    if payment["status"] == "succeeded":
        return Page(303, location=session["success_url"])
    return _form(session, error=payment["last_payment_error"]["message"], number=number)


def _form(session: Row, *, error: str = "", number: str = DEFAULT_NUMBER) -> Page:
    cancel = session["cancel_url"]
    cards = "\n".join(
        f"<tr><td>{_spaced(card.number)}</td><td>{escape(card.label)}</td></tr>" for card in CARDS.values()
    )
    raw = {
        "error": f'<p class="error" role="alert">{escape(error)}</p>' if error else "",
        "cancel": f'<p><a href="{escape(cancel)}">Annuler et revenir au site</a></p>' if cancel else "",
        "cards": cards,
    }
    body = draw(
        "checkout",
        "Payer",
        raw=raw,
        label=session["_label"],
        amount=euros(session["amount_total"]),
        number=number,
        until=datetime.fromtimestamp(session["expires_at"], PARIS).strftime("%H:%M"),
    )
    return Page(200, body, leads_to=_exits(session))


def _spaced(number: str) -> str:
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))


def _exits(session: Row) -> tuple[str, ...]:
    return tuple(url for url in (session["success_url"], session["cancel_url"]) if url)


def _bank(sandbox: Sandbox, method: str, session_id: str, form: dict[str, str]) -> Page:
    session = sandbox.load_session(session_id)
    if session["status"] != "open":
        return _closed(session)
    if method != "post":
        body = draw("bank", "Confirmation", label=session["_label"], amount=euros(session["amount_total"]))
        return Page(200, body, leads_to=_exits(session))
    payment = sandbox.confirm(session_id, is_accepted=form.get("answer") == "yes")
    return _after(session, payment, DEFAULT_NUMBER)


def _setup(sandbox: Sandbox, method: str, token: str, form: dict[str, str]) -> Page:
    link = sandbox.find_link(token)
    if not accounts.is_usable(sandbox.store, link):
        return Page(303, location=link["_refresh_url"])
    account = sandbox.store.get("v2.core.account", link["account"])
    if method != "post":
        body = draw("setup", "Recevoir vos virements", email=account["contact_email"] or "")
        return Page(200, body, leads_to=(link["_return_url"], link["_refresh_url"]))
    sandbox.finish_onboarding(token, Outcome(form.get("outcome", Outcome.INCOMPLETE)))
    return Page(303, location=link["_return_url"])
