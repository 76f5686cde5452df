"""What the demo world knows of its people."""

from dataclasses import dataclass, field

from demo.portraits import Look


@dataclass(frozen=True)
class TrainingData:
    skill: str
    title: str
    description: str
    minutes: int = 60


@dataclass(frozen=True)
class ReviewData:
    """A past session with this mentor: who came, what for, how long it lasted, what was said of it."""

    author: str
    mark: int
    comment: str
    days_ago: int
    billed_minutes: int


@dataclass(frozen=True)
class MentorData:
    email: str
    first_name: str
    last_name: str
    headline: str
    position: str
    education: str
    presentation: str
    languages: str
    skills: tuple[str, ...]
    rate_cents: int
    siren: str
    city: str
    postcode: str
    address: str
    look: Look
    is_registered_for_vat: bool = False
    week: tuple[tuple[int, str, str], ...] = ()
    trainings: tuple[TrainingData, ...] = ()
    reviews: tuple[ReviewData, ...] = ()


@dataclass(frozen=True)
class LearnerData:
    email: str
    first_name: str
    last_name: str
    headline: str
    look: Look
    skills: tuple[str, ...] = field(default=())
