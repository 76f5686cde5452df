"""What `billing` knows of a member. The law keeps books for ten years; they name a number once he is erased."""

from collections.abc import Callable, Iterator
from datetime import datetime

from django.db.models import Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from billing.ledger import balance
from billing.ledger.accounts import recoverable
from billing.models import (
    BillingMandate,
    BillingProfile,
    ChargeAllocation,
    ConnectedAccount,
    Hold,
    Invoice,
    LedgerEntry,
    Payout,
    Refund,
    Settlement,
    StripeCustomer,
    TopUp,
)
from billing.selectors import credit_of, refundable_cents
from billing.services import debts
from billing.states import HoldStatus, PayoutStatus, TopUpOrigin
from core.exporting import section
from core.personal_data import ExportedFile, Fate, Held, Obstacle, Section, Source, Words
from core.templatetags.house import euros

BOOKS = gettext_lazy("comptabilité, 10 ans, sous pseudonyme (code de commerce, art. L123-22)")
DOCUMENTS = gettext_lazy(
    "facture telle qu’elle a été émise, avec les noms imprimés, 10 ans (code de commerce, art. L123-22\u202f; CGI, "
    "art. 289)"
)
SELLER = gettext_lazy(
    "identité du vendeur, pour les factures et la déclaration annuelle des plateformes, 10 ans (CGI, art. 1649 ter A "
    "et suivants)\u202f; effacée s’il n’y a jamais eu de paiement"
)
STRIPE = gettext_lazy(
    "numéro qui relie nos comptes à ceux de Stripe, 10 ans (code de commerce, art. L123-22)\u202f; effacé s’il n’y a "
    "jamais eu de paiement"
)


def _books(model: str, what: Words, *members: str) -> Held:
    return Held(f"billing.{model}", what, Fate.PSEUDONYM, members, BOOKS)


HELD = (
    _books("LedgerAccount", gettext_lazy("les comptes du grand livre"), "owner"),
    _books("LedgerEntry", gettext_lazy("les écritures")),
    _books("TopUp", gettext_lazy("les paiements par carte (réseau et quatre derniers chiffres)"), "user"),
    _books("Hold", gettext_lazy("les montants bloqués"), "learner"),
    _books("ChargeAllocation", gettext_lazy("quel paiement a payé quoi")),
    _books("Settlement", gettext_lazy("les règlements"), "learner", "mentor"),
    _books("Adjustment", gettext_lazy("les régularisations")),
    _books("Correction", gettext_lazy("les corrections de l’équipe"), "member", "proposed_by", "decided_by"),
    _books("Dispute", gettext_lazy("les contestations bancaires")),
    _books("Refund", gettext_lazy("les remboursements"), "user"),
    _books("Payout", gettext_lazy("les virements"), "mentor"),
    _books("PayoutPart", gettext_lazy("les parts des virements")),
    _books("PayoutSuspension", gettext_lazy("les suspensions de virements")),
    _books("TransferReversal", gettext_lazy("les reprises de virements")),
    Held("billing.Invoice", gettext_lazy("les factures"), Fate.KEPT, ("issuer", "recipient"), DOCUMENTS),
    Held("billing.BillingProfile", gettext_lazy("les coordonnées de facturation"), Fate.KEPT, ("user",), SELLER),
    Held("billing.BillingMandate", gettext_lazy("le mandat de facturation"), Fate.KEPT, ("user",), SELLER),
    Held("billing.ConnectedAccount", gettext_lazy("le compte Stripe du mentor"), Fate.KEPT, ("user",), STRIPE),
    Held("billing.StripeCustomer", gettext_lazy("le client Stripe"), Fate.KEPT, ("user",), STRIPE),
)


def sections(member_id: int) -> Iterator[Section]:
    paid = TopUp.objects.filter(user=member_id)
    card = ("card_brand", "card_last4")
    yield section(_("Paiements par carte"), paid, "amount_cents", "status", *card, "refunded_cents", "paid_at")
    holds = Hold.objects.filter(learner=member_id)
    yield section(_("Montants bloqués"), holds, "reference", "amount_cents", "status", "placed_at")
    settled = Settlement.objects.filter(Q(learner=member_id) | Q(mentor=member_id))
    parts = ("billed_seconds", "charged_cents", "commission_cents", "vat_cents", "settled_at")
    yield section(_("Règlements"), settled, "reference", "label", "rate_cents", *parts)
    refunds = Refund.objects.filter(user=member_id)
    yield section(_("Remboursements"), refunds, "amount_cents", "status", "requested_at", "sent_at")
    payouts = Payout.objects.filter(mentor=member_id)
    yield section(_("Virements"), payouts, "amount_cents", "status", "due_at", "paid_at")
    yield section(
        _("Grand livre"),
        LedgerEntry.objects.filter(account__owner=member_id).select_related("account", "transaction"),
        (_("Date"), lambda row: row.transaction.occurred_at),
        (_("Opération"), lambda row: row.transaction.kind),
        (_("Compte"), lambda row: row.account.code),
        (_("Montant (positif au débit)"), lambda row: euros(row.amount)),
    )
    documents = Invoice.objects.filter(Q(issuer=member_id) | Q(recipient=member_id)).without_files()
    yield section(_("Factures"), documents, "full_number", "kind", "total_cents", "issued_at")
    company = ("business_name", "address", "postcode", "city", "country", "siren", "vat_regime", "vat_number")
    yield section(_("Coordonnées de facturation"), BillingProfile.objects.filter(user=member_id), *company)
    yield section(_("Mandat de facturation"), BillingMandate.objects.filter(user=member_id), "version", "accepted_at")
    accounts = ConnectedAccount.objects.filter(user=member_id)
    yield section(_("Compte Stripe"), accounts, "stripe_id", "state", "checked_at")
    customers = StripeCustomer.objects.filter(user=member_id)
    yield section(_("Client Stripe"), customers, (_("Identifiant"), "stripe_id"))


def files(member_id: int) -> Iterator[ExportedFile]:
    """One document is in memory at a time."""
    own = Invoice.objects.filter(Q(issuer=member_id) | Q(recipient=member_id), rendered_at__isnull=False)
    for pk, number in own.order_by("pk").values_list("pk", "full_number"):
        yield ExportedFile(f"factures/{number}.pdf", _reader(pk))


def _reader(pk: int) -> Callable[[], Iterator[bytes]]:
    def read() -> Iterator[bytes]:
        pdf = Invoice.objects.values_list("pdf", flat=True).get(pk=pk)
        yield bytes(pdf or b"")

    return read


def obstacles(member_id: int, now: datetime) -> Iterator[Obstacle]:
    """Money that somebody must settle first. Payouts that are only due leave by themselves."""
    del now
    member = User.objects.get(pk=member_id)
    freeze = debts.freeze_of(member)
    if freeze and freeze.owed_cents:
        text = _("Vous devez %(amount)s à Skilmi.") % {"amount": euros(freeze.owed_cents)}
        yield Obstacle(text, reverse("billing:credit"), _("Payer"))
    elif freeze:
        text = _("Votre banque conteste un paiement, et ne s’est pas encore prononcée.")
        yield Obstacle(text, reverse("billing:credit"), _("Voir mon crédit"))
    owed = balance(recoverable(member))
    if owed:
        text = _("Vous devez %(amount)s à Skilmi, à retenir sur vos prochains virements.") % {"amount": euros(owed)}
        yield Obstacle(text, reverse("billing:earnings"), _("Voir mes revenus"))
    stopped = Payout.objects.filter(mentor=member, status__in=[PayoutStatus.SUSPENDED, PayoutStatus.FAILED])
    cents = sum(payout.to_send_cents for payout in stopped)
    if cents:
        text = _("Un virement de %(amount)s est suspendu ou a échoué.") % {"amount": euros(cents)}
        yield Obstacle(text, reverse("billing:earnings"), _("Voir mes revenus"))


def consequences(member_id: int, now: datetime) -> Iterator[Words]:
    del now
    member = User.objects.get(pk=member_id)
    credit = credit_of(member)
    # A session that is not canceled stops the closing: all that is blocked comes back.
    by_card = refundable_cents(member) + _blocked_by_card(member)
    if by_card:
        text = _("En tout, %(amount)s reviennent sur votre carte\u202f: votre crédit, et ce qui était bloqué.")
        yield text % {"amount": euros(by_card)}
    given = credit.available_cents + credit.held_cents - by_card
    if given > 0:
        text = _("%(amount)s de crédit ne viennent pas d’une carte\u202f: vous les perdez à la fin des 15 jours.")
        yield text % {"amount": euros(given)}
    waiting = Payout.objects.filter(mentor=member, status__in=[PayoutStatus.SCHEDULED, PayoutStatus.IN_FLIGHT])
    cents = sum(payout.to_send_cents for payout in waiting)
    if cents:
        yield _("Vos virements en attente, %(amount)s, partent comme prévu.") % {"amount": euros(cents)}


def _blocked_by_card(member: User) -> int:
    rows = ChargeAllocation.objects.filter(hold__learner=member, hold__status=HoldStatus.PLACED)
    cents = rows.exclude(top_up__origin=TopUpOrigin.GOODWILL).aggregate(cents=Sum("amount_cents"))["cents"]
    return cents or 0


def erase(member_id: int) -> None:
    """Who never paid and was never paid leaves no books."""
    has_books = (
        LedgerEntry.objects.filter(account__owner=member_id).exists()
        or Invoice.objects.filter(Q(issuer=member_id) | Q(recipient=member_id)).exists()
        or TopUp.objects.filter(user=member_id).exists()
    )
    if has_books:
        StripeCustomer.objects.filter(user=member_id).update(payment_method_id="")
        return
    for model in (BillingProfile, BillingMandate, ConnectedAccount, StripeCustomer):
        model._default_manager.filter(user=member_id).delete()


SOURCE = Source(
    app="billing",
    title=gettext_lazy("Paiements et factures"),
    held=HELD,
    sections=sections,
    files=files,
    obstacles=obstacles,
    consequences=consequences,
    erase=erase,
)
