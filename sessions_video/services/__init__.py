from sessions_video.services.chat import catch_up, mark_heard, say
from sessions_video.services.closing import close_ended, hand_over, mark_begun
from sessions_video.services.entering import OpenRoom, enter
from sessions_video.services.extensions import (
    FIRST_EXTENSION_HOLD,
    Wish,
    accept_extension,
    ask_extension,
    credit_arrived,
    look_at_payment,
    refuse_extension,
    withdraw_extension,
)
from sessions_video.services.opening import cancel_room, open_room
from sessions_video.services.presence import beat, join, leave, tell_media
from sessions_video.services.reporting import report_problem
from sessions_video.services.sweeping import due_sessions, sweep_session
from sessions_video.services.timekeeping import ask_end, confirm_end, drop_end, start_paid
from sessions_video.services.visits import note_visit
from sessions_video.services.waiting import tell_absent

__all__ = [
    "FIRST_EXTENSION_HOLD",
    "OpenRoom",
    "Wish",
    "accept_extension",
    "ask_end",
    "ask_extension",
    "beat",
    "cancel_room",
    "catch_up",
    "close_ended",
    "confirm_end",
    "credit_arrived",
    "drop_end",
    "due_sessions",
    "enter",
    "hand_over",
    "join",
    "leave",
    "look_at_payment",
    "mark_begun",
    "mark_heard",
    "note_visit",
    "open_room",
    "refuse_extension",
    "report_problem",
    "say",
    "start_paid",
    "sweep_session",
    "tell_absent",
    "tell_media",
    "withdraw_extension",
]
