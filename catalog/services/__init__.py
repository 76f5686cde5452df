from catalog.services.answers import measure_answers
from catalog.services.names import merge_categories, merge_skills, write_category, write_skill
from catalog.services.proposals import accept_proposal, propose_category, propose_skill, refuse_proposal
from catalog.services.skills import add_skill, remove_skill
from catalog.services.trainings import (
    TrainingWords,
    create_training,
    edit_training,
    refuse_training,
    submit_training,
    validate_training,
    withdraw_change,
)

__all__ = [
    "TrainingWords",
    "accept_proposal",
    "add_skill",
    "create_training",
    "edit_training",
    "measure_answers",
    "merge_categories",
    "merge_skills",
    "propose_category",
    "propose_skill",
    "refuse_proposal",
    "refuse_training",
    "remove_skill",
    "submit_training",
    "validate_training",
    "withdraw_change",
    "write_category",
    "write_skill",
]
