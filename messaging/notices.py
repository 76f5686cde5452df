from django.utils.translation import gettext_lazy as _

from notifications import kinds


def register() -> None:
    # The page and its counter already show unread messages: only the e-mail is needed.
    kinds.register(kinds.Kind("messaging.unread", in_app=False, mutable=True, daily=True, label=_("Messages non lus")))
    kinds.register(kinds.Kind("messaging.digest", in_app=False, mutable=True, follows="messaging.unread"))
    kinds.register(kinds.Kind("messaging.report_decided"))
