import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# French words without their endings and accents: « données », « Donnee » and « DONNÉES » are one word.
WORDS = """
CREATE TEXT SEARCH CONFIGURATION skilmi_french (COPY = french);
ALTER TEXT SEARCH CONFIGURATION skilmi_french
    ALTER MAPPING FOR hword, hword_part, word, asciiword, asciihword, hword_asciipart WITH unaccent, french_stem;

CREATE FUNCTION catalog_plain(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN lower(public.unaccent('public.unaccent'::regdictionary, words));
"""

NO_WORDS = """
DROP FUNCTION catalog_plain(text);
DROP TEXT SEARCH CONFIGURATION skilmi_french;
"""

# What a list shows, filters and sorts comes from tables of three apps. Their writers need not remember: after each
# statement the database makes the rows of the members concerned anew. The row is locked first and read from scratch
# afterwards, so that of two statements at the same time the second sees what the first one wrote.
REFRESH = """
CREATE FUNCTION catalog_refresh_listings(members bigint[]) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM 1 FROM catalog_listing WHERE user_id = ANY (members) ORDER BY user_id FOR UPDATE;
    UPDATE catalog_listing SET
        is_listed = fresh.is_listed,
        is_bookable = fresh.is_bookable,
        rate_cents = fresh.rate_cents,
        score = fresh.score,
        mark_sum = fresh.mark_sum,
        mark_count = fresh.mark_count,
        days = fresh.days,
        facets = fresh.facets,
        skill_names = fresh.skill_names,
        name = fresh.name,
        document = fresh.document
    FROM (
        SELECT
            member.id,
            found.is_listed,
            found.is_listed AND coalesce(mentor.is_bookable, false) AS is_bookable,
            CASE WHEN mentor.is_bookable THEN mentor.hourly_rate_cents END AS rate_cents,
            coalesce(mentor.score, 0) AS score,
            coalesce(mentor.rating_sum, 0) AS mark_sum,
            coalesce(mentor.rating_count, 0) AS mark_count,
            coalesce(usual.days, 0) AS days,
            coalesce(found.facets, '{}') || coalesce(spoken.facets, '{}') AS facets,
            coalesce(found.names, '{}') AS skill_names,
            catalog_plain(concat_ws(' ', member.first_name, member.last_name)) AS name,
            CASE WHEN found.is_listed THEN to_tsvector('skilmi_french', concat_ws(' ',
                member.first_name, member.last_name, page.headline, array_to_string(found.names, ' '),
                found.categories, offered.titles, page.position, page.education, page.presentation
            )) ELSE '' END AS document
        FROM accounts_user member
        JOIN accounts_memberpage page ON page.user_id = member.id
        LEFT JOIN mentors_mentorprofile mentor ON mentor.user_id = member.id
        CROSS JOIN LATERAL (
            SELECT
                member.is_active AND count(*) > 0 AS is_listed,
                array_agg(skill.name ORDER BY declared.created_at, declared.id)::text[] AS names,
                string_agg(DISTINCT category.name, ' ') AS categories,
                array_agg('s' || skill.id) || array_agg(DISTINCT 'c' || category.id) AS facets
            FROM catalog_memberskill declared
            JOIN catalog_skill skill ON skill.id = declared.skill_id AND skill.is_validated
            JOIN catalog_category category ON category.id = skill.category_id AND category.is_validated
            WHERE declared.user_id = member.id
        ) found
        CROSS JOIN LATERAL (
            SELECT array_agg(DISTINCT 'l' || word) AS facets
            FROM regexp_split_to_table(catalog_plain(page.languages), '[^[:alpha:]]+') word
            WHERE word <> ''
        ) spoken
        CROSS JOIN LATERAL (
            -- Seven days, then the evenings of these days.
            SELECT bit_or(1 << hint.weekday | CASE WHEN hint.ends > '18:00' THEN 128 << hint.weekday ELSE 0 END) AS days
            FROM mentors_availabilityhint hint WHERE hint.mentor_id = mentor.id
        ) usual
        CROSS JOIN LATERAL (
            SELECT string_agg(training.title, ' ') AS titles
            FROM catalog_training training
            JOIN catalog_skill skill ON skill.id = training.skill_id AND skill.is_validated
            JOIN catalog_category category ON category.id = training.category_id AND category.is_validated
            WHERE training.mentor_id = member.id AND training.status = 'validated' AND mentor.status = 'validated'
        ) offered
        WHERE member.id = ANY (members)
    ) fresh
    WHERE catalog_listing.user_id = fresh.id;
END $$;
"""

NO_REFRESH = "DROP FUNCTION catalog_refresh_listings(bigint[]);"

# Table, whose listing a row concerns, and the columns that matter when a row is changed.
FOLLOWED = {
    "accounts_user": ("SELECT id FROM {rows}", ["first_name", "last_name", "is_active"]),
    "accounts_memberpage": (
        "SELECT user_id FROM {rows}",
        ["headline", "position", "education", "presentation", "languages"],
    ),
    "mentors_mentorprofile": (
        "SELECT user_id FROM {rows}",
        ["status", "is_bookable", "hourly_rate_cents", "rating_sum", "rating_count"],
    ),
    "mentors_availabilityhint": (
        "SELECT user_id FROM mentors_mentorprofile WHERE id IN (SELECT mentor_id FROM {rows})",
        ["mentor_id", "weekday", "ends"],
    ),
    "catalog_memberskill": ("SELECT user_id FROM {rows}", ["user_id", "skill_id", "created_at"]),
    "catalog_training": (
        "SELECT mentor_id FROM {rows}",
        ["mentor_id", "title", "status", "skill_id", "category_id"],
    ),
    "catalog_skill": (
        """SELECT user_id FROM catalog_memberskill WHERE skill_id IN (SELECT id FROM {rows})
        UNION SELECT mentor_id FROM catalog_training WHERE skill_id IN (SELECT id FROM {rows})""",
        ["name", "is_validated", "category_id"],
    ),
    "catalog_category": (
        """SELECT user_id FROM catalog_memberskill WHERE skill_id IN
        (SELECT id FROM catalog_skill WHERE category_id IN (SELECT id FROM {rows}))
        UNION SELECT mentor_id FROM catalog_training WHERE category_id IN (SELECT id FROM {rows})""",
        ["name", "is_validated"],
    ),
}
# A member, a skill or a category is nobody's before a page or a declaration names it, and outlives both.
ONLY_CHANGED = {"accounts_user", "catalog_skill", "catalog_category"}


def follow(table: str) -> str:
    member, columns = FOLLOWED[table]
    old, new = (", ".join(f"{side}.{column}" for column in columns) for side in ("before", "after"))
    changed = f"(SELECT after.* FROM after JOIN before USING (id) WHERE ROW({new}) IS DISTINCT FROM ROW({old})) changed"
    both = f"{member.format(rows=changed)} UNION {member.format(rows=changed.replace('after.*', 'before.*'))}"
    opened = ""
    if table == "accounts_memberpage":
        opened = "INSERT INTO catalog_listing SELECT user_id FROM after ON CONFLICT DO NOTHING;"
    made = f"""
CREATE FUNCTION {table}_listed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE members bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        {opened}
        members := ARRAY({member.format(rows="after")});
    ELSIF TG_OP = 'DELETE' THEN
        members := ARRAY({member.format(rows="before")});
    ELSE
        members := ARRAY({both});
    END IF;
    IF cardinality(members) > 0 THEN
        PERFORM catalog_refresh_listings(members);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER listing_after_update AFTER UPDATE ON {table}
REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION {table}_listed();
"""
    if table in ONLY_CHANGED:
        return made
    return (
        made
        + f"""
CREATE TRIGGER listing_after_insert AFTER INSERT ON {table}
REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION {table}_listed();

CREATE TRIGGER listing_after_delete AFTER DELETE ON {table}
REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION {table}_listed();
"""
    )


def unfollow(table: str) -> str:
    moments = ["update"] if table in ONLY_CHANGED else ["update", "insert", "delete"]
    triggers = "".join(f"DROP TRIGGER listing_after_{moment} ON {table};\n" for moment in moments)
    return f"{triggers}DROP FUNCTION {table}_listed();\n"


FILL = """
INSERT INTO catalog_listing SELECT user_id FROM accounts_memberpage;
SELECT catalog_refresh_listings(ARRAY(SELECT user_id FROM catalog_listing));
"""


class Migration(migrations.Migration):
    """One row a member for lists and searches, kept by the database."""

    dependencies = [
        ("catalog", "0004_proposals_kept"),
        ("mentors", "0002_bookable"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(WORDS, NO_WORDS),
        migrations.CreateModel(
            name="Listing",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="listing",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("is_listed", models.BooleanField(db_default=False)),
                ("is_bookable", models.BooleanField(db_default=False)),
                ("rate_cents", models.BigIntegerField(null=True)),
                ("score", models.IntegerField(db_default=0)),
                ("mark_sum", models.PositiveIntegerField(db_default=0)),
                ("mark_count", models.PositiveIntegerField(db_default=0)),
                ("days", models.IntegerField(db_default=0)),
                (
                    "facets",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), db_default=models.Value([]), size=None
                    ),
                ),
                (
                    "skill_names",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), db_default=models.Value([]), size=None
                    ),
                ),
                ("name", models.TextField(db_default="")),
                ("document", django.contrib.postgres.search.SearchVectorField(db_default=models.Value(""))),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("is_bookable").desc(),
                        models.F("score").desc(),
                        "user",
                        condition=models.Q(is_listed=True),
                        name="listing_by_score",
                    ),
                    models.Index(
                        models.F("is_bookable").desc(),
                        "rate_cents",
                        "user",
                        condition=models.Q(is_listed=True),
                        name="listing_by_rate",
                    ),
                    models.Index(
                        models.F("mark_count").desc(),
                        models.F("score").desc(),
                        "user",
                        condition=models.Q(is_listed=True),
                        name="listing_by_marks",
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        condition=models.Q(is_listed=True), fields=["facets"], name="listing_facets"
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        condition=models.Q(is_listed=True), fields=["document"], name="listing_words"
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        condition=models.Q(is_listed=True),
                        fields=["name"],
                        name="listing_names",
                        opclasses=["gin_trgm_ops"],
                    ),
                ],
            },
        ),
        migrations.RunSQL(REFRESH, NO_REFRESH),
        migrations.RunSQL("".join(follow(table) for table in FOLLOWED), "".join(unfollow(table) for table in FOLLOWED)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
