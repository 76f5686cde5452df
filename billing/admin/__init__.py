"""The team's screens of the money: everything is read; what may be done is a service, with permission and reason."""

from billing.admin import corrections, documents, ledger, members, payments, payouts, stripe

__all__ = ["corrections", "documents", "ledger", "members", "payments", "payouts", "stripe"]
