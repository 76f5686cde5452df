from support.services.following import close, reply
from support.services.forgetting import due_forgetting_ids, forget_visitor
from support.services.sending import send_ticket
from support.services.sweeping import due_closing_ids, due_warning_ids, lapse, warn
from support.services.team import (
    answer,
    ask_more,
    assign,
    change_motive,
    change_priority,
    merge,
    resolve,
)

__all__ = [
    "answer",
    "ask_more",
    "assign",
    "change_motive",
    "change_priority",
    "close",
    "due_closing_ids",
    "due_forgetting_ids",
    "due_warning_ids",
    "forget_visitor",
    "lapse",
    "merge",
    "reply",
    "resolve",
    "send_ticket",
    "warn",
]
