from messaging.services.files import Upload
from messaging.services.messages import mark_read, post_card, send_message
from messaging.services.reminders import notify_unread, threads_to_remind
from messaging.services.threads import get_or_create_thread

__all__ = [
    "Upload",
    "get_or_create_thread",
    "mark_read",
    "notify_unread",
    "post_card",
    "send_message",
    "threads_to_remind",
]
