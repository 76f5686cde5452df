from catalog.services.answers import measure_answers
from catalog.services.proposals import accept_proposal, propose_skill
from catalog.services.skills import add_skill, remove_skill
from catalog.services.trainings import (
    TrainingWords,
    create_training,
    edit_training,
    refuse_training,
    submit_training,
    validate_training,
)

__all__ = [
    "TrainingWords",
    "accept_proposal",
    "add_skill",
    "create_training",
    "edit_training",
    "measure_answers",
    "propose_skill",
    "refuse_training",
    "remove_skill",
    "submit_training",
    "validate_training",
]
