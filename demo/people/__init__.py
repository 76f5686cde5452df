"""The people of the demo world."""

from demo.people.data import LearnerData, MentorData, ReviewData, TrainingData
from demo.people.mentors import MENTORS
from demo.people.others import CANDIDATE, LEARNERS, STAFF_EMAIL

PASSWORD = "skilmi-demo"  # noqa: S105  (printed by the demo; its data is invented)

__all__ = [
    "CANDIDATE",
    "LEARNERS",
    "MENTORS",
    "PASSWORD",
    "STAFF_EMAIL",
    "LearnerData",
    "MentorData",
    "ReviewData",
    "TrainingData",
]
