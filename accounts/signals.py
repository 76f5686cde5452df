"""News for the apps above, sent inside the transaction that makes them true."""

from django.dispatch import Signal

account_closing = Signal()  # user: User, closing: Closing
member_measured = Signal()  # measure: MemberMeasure
