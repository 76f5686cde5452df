from bookings.services.calendars import calendar_file, google_url, outlook_url
from bookings.services.cancellation import cancel_booking, check_cancelable
from bookings.services.closing import (
    close_booking,
    end_review,
    mark_in_progress,
    mark_not_held,
    note_case,
    settle_not_held,
)
from bookings.services.joint import (
    accept_proposal,
    check_can_be_settled,
    check_can_cancel_together,
    due_joint_ids,
    lapse_joint,
    propose_cancellation,
    propose_hour,
    refuse_proposal,
    withdraw_proposal,
)
from bookings.services.lapses import due_payment_ids, due_request_ids, lapse_payment, lapse_request
from bookings.services.leaving import due_left_ids, end_left, left_open
from bookings.services.negotiation import accept_version, counter_offer, refuse, request_booking, withdraw
from bookings.services.news import thread_of
from bookings.services.payment import (
    begin_payment,
    close_payment,
    confirm_if_paid,
    lock_by_reference,
    look_at_payment,
)
from bookings.services.reminders import due_reminder_ids, send_reminder
from bookings.services.suggestions import suggest_session

__all__ = [
    "accept_proposal",
    "accept_version",
    "begin_payment",
    "calendar_file",
    "cancel_booking",
    "check_can_be_settled",
    "check_can_cancel_together",
    "check_cancelable",
    "close_booking",
    "close_payment",
    "confirm_if_paid",
    "counter_offer",
    "due_joint_ids",
    "due_left_ids",
    "due_payment_ids",
    "due_reminder_ids",
    "due_request_ids",
    "end_left",
    "end_review",
    "google_url",
    "lapse_joint",
    "lapse_payment",
    "lapse_request",
    "left_open",
    "lock_by_reference",
    "look_at_payment",
    "mark_in_progress",
    "mark_not_held",
    "note_case",
    "outlook_url",
    "propose_cancellation",
    "propose_hour",
    "refuse",
    "refuse_proposal",
    "request_booking",
    "send_reminder",
    "settle_not_held",
    "suggest_session",
    "thread_of",
    "withdraw",
    "withdraw_proposal",
]
