from billing.models.events import StripeEvent
from billing.models.invoices import Invoice, InvoiceCounter
from billing.models.ledger import LedgerAccount, LedgerEntry, LedgerTransaction
from billing.models.payments import ChargeAllocation, Hold, Settlement, TopUp
from billing.models.payouts import Payout, PayoutPart
from billing.models.profiles import BillingMandate, BillingProfile, ConnectedAccount, StripeCustomer

__all__ = [
    "BillingMandate",
    "BillingProfile",
    "ChargeAllocation",
    "ConnectedAccount",
    "Hold",
    "Invoice",
    "InvoiceCounter",
    "LedgerAccount",
    "LedgerEntry",
    "LedgerTransaction",
    "Payout",
    "PayoutPart",
    "Settlement",
    "StripeCustomer",
    "StripeEvent",
    "TopUp",
]
