from notifications.services.announcements import announce_piece, announce_texts, untold_member_ids
from notifications.services.delivery import claim_email, deliver, due_email_ids
from notifications.services.forgetting import forget_member, forget_old_emails
from notifications.services.notices import (
    mark_all_read,
    mark_read,
    notify,
    set_daily,
    set_muted,
    tell_measure,
    write_to,
)
from notifications.services.outbox import Attachment, store_message

__all__ = [
    "Attachment",
    "announce_piece",
    "announce_texts",
    "claim_email",
    "deliver",
    "due_email_ids",
    "forget_member",
    "forget_old_emails",
    "mark_all_read",
    "mark_read",
    "notify",
    "set_daily",
    "set_muted",
    "store_message",
    "tell_measure",
    "untold_member_ids",
    "write_to",
]
