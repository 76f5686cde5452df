"""Free words of a visitor: what to look for, and what he may have meant."""

from django.contrib.postgres.search import SearchQuery, SearchVector, SearchVectorExact
from django.db import connection
from django.db.models import Q, QuerySet

from catalog.models import BEGINNINGS, Skill
from core.prepared import Prepared

CONFIGURATION = "skilmi_french"
MOST_WORDS = 8
# A shorter beginning fits too many words.
BEGINNING = 4
# Below this, a word looks like another by accident.
SIMILAR_ENOUGH = 0.4
FOUND_SKILLS = 8

# Words of the list of skills, few enough to be compared one by one; and, for what is in no skill's name, those that
# members wrote themselves would be too many.
CORRECTIONS = """
WITH known AS (
    SELECT DISTINCT word
    FROM catalog_skill skill
    JOIN catalog_category category ON category.id = skill.category_id AND category.is_validated,
    regexp_split_to_table(lower(skill.name || ' ' || category.name), '[^[:alnum:]]+') word
    WHERE skill.is_validated AND length(word) > 2
)
SELECT typed.word, best.word
FROM unnest(%s::text[]) WITH ORDINALITY AS typed (word, place)
LEFT JOIN LATERAL (
    SELECT known.word, similarity(catalog_plain(known.word), catalog_plain(typed.word)) AS likeness
    FROM known
    ORDER BY likeness DESC, known.word
    LIMIT 1
) best ON best.likeness >= %s
ORDER BY typed.place
"""


def words_of(text: str) -> list[str]:
    """Letters and digits: PostgreSQL does not count « _ » and « ² » as part of a word either."""
    apart = "".join(sign if sign.isalpha() or sign.isdecimal() else " " for sign in text)
    return apart.split()[:MOST_WORDS]


def terms_of(text: str) -> str:
    """Every word must be there, or a word it begins. Empty when there is no word to look for."""
    return " & ".join(f"'{word}':*" if len(word) >= BEGINNING else f"'{word}'" for word in words_of(text))


def query_of(terms: str) -> SearchQuery:
    return SearchQuery(terms, config=CONFIGURATION, search_type="raw")


def by_index(terms: str) -> Q:
    """Listings with these words, all of them taken from the index at once."""
    return Q(SearchVectorExact(BEGINNINGS, _asked(terms, "catalog_query_of_beginnings")))


def by_row(terms: str) -> Q:
    """The same listings, told one by one along another index: quicker where they are many and a page is wanted."""
    return Q(document=_asked(terms, "catalog_query"))


def _asked(terms: str, function: str) -> SearchQuery:
    query = SearchQuery(terms)
    query.function = function
    return query


@Prepared
def _skills_named(terms: str) -> QuerySet[Skill]:
    names = SearchVector("name", "category__name", config=CONFIGURATION)
    return Skill.objects.validated().select_related("category").alias(names=names).filter(names=query_of(terms))


def find_skills(text: str, limit: int | None = FOUND_SKILLS) -> list[Skill]:
    """Skills whose name, or whose category's name, holds these words."""
    terms = terms_of(text)
    return _skills_named.rows(terms, limit=limit) if terms else []


def correct(text: str) -> str:
    """The same words as the list of skills spells them; empty when it knows nothing better."""
    words = words_of(text)
    with connection.cursor() as cursor:
        cursor.execute(CORRECTIONS, [words, SIMILAR_ENOUGH])
        best = [known or typed for typed, known in cursor.fetchall()]
    corrected = " ".join(best)
    return "" if corrected.casefold() == " ".join(words).casefold() else corrected
