"""News for the apps above, sent inside the transaction. A receiver that cannot go on leaves the money as credit."""

from django.dispatch import Signal

# Sent before anything is locked: receivers lock what the payment will change, in the order of the house.
top_up_arriving = Signal()  # top_up: TopUp
top_up_paid = Signal()  # top_up: TopUp
payout_changed = Signal()  # payout: Payout
account_capability_changed = Signal()  # account: ConnectedAccount
invoice_ready = Signal()  # invoice: Invoice
dispute_changed = Signal()  # dispute: Dispute
