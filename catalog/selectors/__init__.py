from catalog.selectors.cards import Card, Sheet, card_of_mentor, featured_mentors, get_sheet
from catalog.selectors.community import CommunityFilters, Results, search_community, search_names
from catalog.selectors.skills import (
    categories_with_skills,
    declared_skills,
    get_any_skill,
    get_skill,
    members_by_skill,
    proposals_of,
    skills_item,
)
from catalog.selectors.trainings import (
    get_public_training,
    get_training_for,
    page_of_trainings,
    public_trainings,
    revision_of,
    shown_trainings_of,
    trainings_of,
    trainings_to_review,
)
from catalog.selectors.words import correct, find_skills

__all__ = [
    "Card",
    "CommunityFilters",
    "Results",
    "Sheet",
    "card_of_mentor",
    "categories_with_skills",
    "correct",
    "declared_skills",
    "featured_mentors",
    "find_skills",
    "get_any_skill",
    "get_public_training",
    "get_sheet",
    "get_skill",
    "get_training_for",
    "members_by_skill",
    "page_of_trainings",
    "proposals_of",
    "public_trainings",
    "revision_of",
    "search_community",
    "search_names",
    "shown_trainings_of",
    "skills_item",
    "trainings_of",
    "trainings_to_review",
]
