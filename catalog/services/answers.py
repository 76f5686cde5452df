"""How fast mentors answer, as their pages say it."""

from datetime import datetime, timedelta

from django.db import connection

from core.clock import now as clock_now

# A usual delay says something from this many answers on, and only of late.
FEWEST = 3
LATEST = 20
PERIOD = timedelta(days=90)

# The delay of one conversation: from the first thing the other member said or asked to the mentor's first words.
MEASURE = """
WITH answered AS (
    SELECT mentor.user_id, delays.minutes
    FROM mentors_mentorprofile mentor
    CROSS JOIN LATERAL (
        SELECT count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY said.at - asked.at) AS usual
        FROM (
            SELECT thread.id, CASE thread.first_id WHEN mentor.user_id THEN second_id ELSE first_id END AS other_id
            FROM messaging_thread thread
            WHERE (thread.first_id = mentor.user_id OR thread.second_id = mentor.user_id) AND thread.created_at > %s
            ORDER BY thread.last_message_at DESC
            LIMIT %s
        ) recent
        CROSS JOIN LATERAL (
            SELECT created_at AS at FROM messaging_message
            WHERE thread_id = recent.id AND author_id = recent.other_id ORDER BY id LIMIT 1
        ) asked
        CROSS JOIN LATERAL (
            SELECT created_at AS at FROM messaging_message
            WHERE thread_id = recent.id AND author_id = mentor.user_id ORDER BY id LIMIT 1
        ) said
        WHERE said.at > asked.at
    ) conversations
    LEFT JOIN LATERAL (
        SELECT ceil(extract(epoch FROM conversations.usual) / 60) AS minutes WHERE conversations.count >= %s
    ) delays ON true
    WHERE mentor.status = 'validated'
)
UPDATE catalog_listing SET answer_minutes = answered.minutes
FROM answered
WHERE catalog_listing.user_id = answered.user_id
    AND catalog_listing.answer_minutes IS DISTINCT FROM answered.minutes
"""


def measure_answers(*, now: datetime | None = None) -> int:
    """Write the middle delay of each mentor on his listing; returns how many changed."""
    since = (now or clock_now()) - PERIOD
    with connection.cursor() as cursor:
        cursor.execute(MEASURE, [since, LATEST, FEWEST])
        return int(cursor.rowcount)
