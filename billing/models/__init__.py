from billing.models.corrections import Correction
from billing.models.disputes import Dispute
from billing.models.events import StripeEvent
from billing.models.invoices import Invoice, InvoiceCounter
from billing.models.ledger import LedgerAccount, LedgerEntry, LedgerTransaction
from billing.models.movements import Reconciliation, StripeImport, StripeMovement
from billing.models.payments import Adjustment, ChargeAllocation, Hold, Settlement, TopUp
from billing.models.payouts import Payout, PayoutPart, PayoutSuspension, TransferReversal
from billing.models.profiles import BillingMandate, BillingProfile, ConnectedAccount, StripeCustomer
from billing.models.refunds import Refund

__all__ = [
    "Adjustment",
    "BillingMandate",
    "BillingProfile",
    "ChargeAllocation",
    "ConnectedAccount",
    "Correction",
    "Dispute",
    "Hold",
    "Invoice",
    "InvoiceCounter",
    "LedgerAccount",
    "LedgerEntry",
    "LedgerTransaction",
    "Payout",
    "PayoutPart",
    "PayoutSuspension",
    "Reconciliation",
    "Refund",
    "Settlement",
    "StripeCustomer",
    "StripeEvent",
    "StripeImport",
    "StripeMovement",
    "TopUp",
    "TransferReversal",
]
