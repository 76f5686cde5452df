"""The lists of the page `/_sandbox/`: payments, disputes, refunds, transfers, accounts, movements, events."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from html import escape

from stripe_sandbox import panel_words as words
from stripe_sandbox.drawing import euros, when
from stripe_sandbox.resources import accounts, disputes
from stripe_sandbox.store import Row, Store

SHOWN = 8


@dataclass(frozen=True)
class Act:
    """A button: what it does to the object of its line."""

    name: str
    label: str
    tone: str = "quiet"

    def draw(self, about: str) -> str:
        shape = f"small button--{self.tone}"
        return f'<button name="act" value="{self.name}" class="{shape}">{escape(self.label)}{about}</button>'


@dataclass(frozen=True)
class Item:
    title: str
    details: tuple[str, ...]
    amount: str = ""
    state: words.Word | None = None
    # Name and value of the field that says which object is meant.
    subject: tuple[str, str] = ("", "")
    acts: tuple[Act, ...] = ()

    def draw(self) -> str:
        details = " · ".join(f"<span>{escape(part)}</span>" for part in self.details if part)
        amount = f'<p class="item__amount">{escape(self.amount)}</p>' if self.amount else ""
        badge = f'<p class="badge badge--{self.state.tone}">{escape(self.state.text)}</p>' if self.state else ""
        return (
            f'<li class="item"><div class="item__what"><p class="item__title">{escape(self.title)}</p>'
            f'<p class="muted">{details}</p></div><div class="item__state">{amount}{badge}</div>{self._form()}</li>'
        )

    def _form(self) -> str:
        if not self.acts:
            return ""
        name, value = self.subject
        about = f'<span class="hidden"> ({escape(self.title)}, {escape(self.amount)})</span>'
        buttons = "".join(act.draw(about) for act in self.acts)
        field = f'<input type="hidden" name="{name}" value="{escape(value)}">'
        return f'<form method="post" class="acts">{field}{buttons}</form>'


@dataclass(frozen=True)
class Section:
    """A list of some kinds of objects, newest first."""

    kinds: tuple[str, ...]
    item: Callable[[Store, Row], Item]
    anchor: str
    title: str
    empty: str

    def draw(self, store: Store, notice: str) -> str:
        rows = sorted((row for kind in self.kinds for row in store.all(kind)), key=_made_at, reverse=True)
        items = "".join(self.item(store, row).draw() for row in rows[:SHOWN])
        older = len(rows) - SHOWN
        rest = f'<p class="muted">Et {older} de plus, plus anciens.</p>' if older > 0 else ""
        content = f'<ul class="items">{items}</ul>{rest}' if rows else f'<p class="muted">{escape(self.empty)}</p>'
        return (
            f'<section class="sheet" id="{self.anchor}" aria-labelledby="titre-{self.anchor}">'
            f'<h2 id="titre-{self.anchor}">{escape(self.title)}</h2>{notice}{content}</section>'
        )


def _made_at(row: Row) -> float:
    """API v2 writes dates as text."""
    created = row["created"]
    return datetime.fromisoformat(created).timestamp() if isinstance(created, str) else float(created)


def _label(store: Store, charge: Row) -> str:
    payment = store.find(charge["payment_intent"]) or {}
    return payment.get("description") or "Paiement par carte"


def _payer(store: Store, charge: Row) -> str:
    customer = store.find(charge["customer"] or "") or {}
    return customer.get("name") or customer.get("email") or ""


def _card(charge: Row) -> str:
    card = charge["payment_method_details"]["card"]
    return f"{card['brand'].capitalize()}\u00a0••••\u00a0{card['last4']}"


def _payment(store: Store, charge: Row) -> Item:
    movement = store.find(charge["balance_transaction"] or "")
    fee = f"frais {euros(movement['fee'])}" if movement else "frais pas encore annoncés"
    contested = words.of_disputes(store.all("dispute", charge=charge["id"]))
    is_left = charge["amount_refunded"] < charge["amount"]
    return Item(
        title=_label(store, charge),
        details=(_payer(store, charge), when(charge["created"]), _card(charge), fee),
        amount=euros(charge["amount"]),
        state=contested or words.of_charge(charge),
        subject=("charge", charge["id"]),
        acts=() if contested or not is_left else (ASK, DISPUTE),
    )


def _dispute(store: Store, dispute: Row) -> Item:
    charge = store.get("charge", dispute["charge"])
    due = f"preuves avant le {when(dispute['evidence_details']['due_by'])}"
    is_waiting = dispute["status"].endswith("needs_response")
    return Item(
        title=_label(store, charge),
        details=(_payer(store, charge), when(dispute["created"]), words.of_reason(dispute["reason"]), due * is_waiting),
        amount=euros(dispute["amount"]),
        state=words.DISPUTES[dispute["status"]],
        subject=("dispute", dispute["id"]),
        acts=((ANSWER,) if is_waiting else ()) + _ends(dispute["status"]),
    )


def _ends(status: str) -> tuple[Act, ...]:
    if status in disputes.INQUIRIES:
        return (DISMISS, ESCALATE)
    if status == "lost":
        return (APPEAL,)
    return (WIN, LOSE) if status in disputes.RUNNING else ()


def _failure(refund: Row) -> str:
    return words.FAILURES.get(refund.get("failure_reason", ""), "")


def _refund(store: Store, refund: Row) -> Item:
    charge = store.get("charge", refund["charge"])
    acts = {"succeeded": (FAIL,), "pending": (ARRIVE, FAIL)}
    return Item(
        title=_label(store, charge),
        details=(_payer(store, charge), when(refund["created"]), _card(charge), _failure(refund)),
        amount=euros(refund["amount"]),
        state=words.REFUNDS[refund["status"]],
        subject=("refund", refund["id"]),
        acts=acts.get(refund["status"], ()),
    )


def _transfer(store: Store, transfer: Row) -> Item:
    account = store.get("v2.core.account", transfer["destination"])
    charge = store.find(transfer["source_transaction"] or "")
    source = f"financé par {_card(charge)}" if charge else "pris sur le solde disponible"
    return Item(
        title=account["display_name"] or account["contact_email"] or account["id"],
        details=(when(transfer["created"]), transfer["description"] or "", source),
        amount=euros(transfer["amount"]),
        state=words.of_transfer(transfer, euros),
    )


def _account(store: Store, account: Row) -> Item:
    capability = account["configuration"]["recipient"]["capabilities"]["stripe_balance"]["stripe_transfers"]
    status, left = capability["status"], accounts.balance_of(store, account["id"])
    acts = (RESTRICT,) if status == "active" else (SETTLE,)
    return Item(
        title=account["display_name"] or account["id"],
        details=(account["contact_email"] or "", f"depuis le {when(_made_at(account))}"),
        amount=euros(left),
        state=words.ACCOUNTS[status],
        subject=("account", account["id"]),
        acts=(*acts, EMPTY) if left > 0 else acts,
    )


def _movement(_store: Store, movement: Row) -> Item:
    fee = f"frais {euros(movement['fee'])}" if movement["fee"] else ""
    return Item(
        title=words.of_movement(movement["type"]),
        details=(when(movement["created"]), fee, movement["id"]),
        amount=euros(movement["amount"]),
    )


def _event(_store: Store, event: Row) -> Item:
    state = words.DELIVERED if event.get("_acknowledged") else words.NOT_DELIVERED
    return Item(title=event["type"], details=(when(_made_at(event)),), state=state)


ASK = Act("disputes/inquire/", "Demander des informations")
DISPUTE = Act("disputes/open/", "Contester", "danger")
ANSWER = Act("disputes/answer/", "Preuves envoyées")
DISMISS = Act("disputes/dismiss/", "Classer sans suite")
ESCALATE = Act("disputes/escalate/", "Transformer en contestation", "danger")
WIN = Act("disputes/win/", "Gagner")
LOSE = Act("disputes/lose/", "Perdre", "danger")
APPEAL = Act("disputes/win/", "Gagner en appel")
ARRIVE = Act("refunds/complete/", "Faire arriver le remboursement")
FAIL = Act("refunds/fail/", "Faire échouer le remboursement", "danger")
SETTLE = Act("accounts/settle/", "Activer le compte")
RESTRICT = Act("accounts/restrict/", "Restreindre le compte", "danger")
EMPTY = Act("accounts/empty/", "Vider le compte")

# Both columns of the page.
FIRST = (
    Section(("charge",), _payment, "paiements", "Les paiements", "Personne n’a encore payé."),
    Section(("dispute",), _dispute, "contestations", "Les contestations", "Aucun paiement n’est contesté."),
    Section(("refund",), _refund, "remboursements", "Les remboursements", "Rien n’a été remboursé."),
)
SECOND = (
    Section(("v2.core.account",), _account, "comptes", "Les comptes des mentors", "Aucun mentor n’a de compte."),
    Section(("transfer",), _transfer, "virements", "Les virements aux mentors", "Aucun virement n’est parti."),
    Section(("balance_transaction",), _movement, "lignes", "Les lignes du solde", "Rien n’a encore bougé."),
    Section(("event", "v2.core.event"), _event, "webhooks", "Les webhooks", "Stripe n’a encore rien annoncé."),
)
