from cases.services.appeals import appeal
from cases.services.deciding import decide
from cases.services.opening import Complaint, open_complaint, open_not_held
from cases.services.statements import give_statement
from cases.services.sweeping import bookings_without_case, due_case_ids, run_due
from cases.services.withdrawing import withdraw_complaint

__all__ = [
    "Complaint",
    "appeal",
    "bookings_without_case",
    "decide",
    "due_case_ids",
    "give_statement",
    "open_complaint",
    "open_not_held",
    "run_due",
    "withdraw_complaint",
]
