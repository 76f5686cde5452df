"""News of a conversation for whoever has it open: its own page, and the video room of the same two people.

They carry no words: each page asks for them, and is asked who it is.
"""

from core.live import send_on_commit
from messaging.models import Message, Thread


def group_of(thread: Thread) -> str:
    """The group of sockets that hear `thread.message`."""
    return f"thread.{thread.pk}"


def socket_path(thread: Thread) -> str:
    return f"/ws/messagerie/{thread.reference}/"


def message_sent(message: Message) -> None:
    news = {
        "type": "thread.message",
        "message_id": message.pk,
        "author_id": message.author_id,
        "is_card": message.is_card,
    }
    send_on_commit(group_of(message.thread), news)
