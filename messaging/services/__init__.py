from messaging.services.blocks import block, unblock
from messaging.services.messages import mark_read, post_card, send_message, write_first
from messaging.services.permission import open_thread
from messaging.services.reminders import digests_to_send, notify_unread, send_digest, threads_to_remind
from messaging.services.reports import dismiss_report, report, uphold_report
from messaging.services.threads import get_or_create_thread

__all__ = [
    "block",
    "digests_to_send",
    "dismiss_report",
    "get_or_create_thread",
    "mark_read",
    "notify_unread",
    "open_thread",
    "post_card",
    "report",
    "send_digest",
    "send_message",
    "threads_to_remind",
    "unblock",
    "uphold_report",
    "write_first",
]
