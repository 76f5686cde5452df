from mentors.services.application import (
    propose_refusal,
    refuse,
    request_changes,
    restore,
    submit_application,
    suspend,
    validate,
)
from mentors.services.availability import add_availability, remove_availability
from mentors.services.company import consult_register, keep_company
from mentors.services.offer import open_profile, record_rating, set_rate, withdraw_rating

__all__ = [
    "add_availability",
    "consult_register",
    "keep_company",
    "open_profile",
    "propose_refusal",
    "record_rating",
    "refuse",
    "remove_availability",
    "request_changes",
    "restore",
    "set_rate",
    "submit_application",
    "suspend",
    "validate",
    "withdraw_rating",
]
