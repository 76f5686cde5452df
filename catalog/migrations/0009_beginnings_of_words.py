from django.db import migrations

# « compta » finds « comptabilité ». PostgreSQL looks a beginning up by collecting everybody behind each word that starts
# so, thousands at a time; a beginning that is itself a word of the index costs as little as a whole word. So the index
# holds each word of a document, and each of its beginnings with a star: 'sql', 's*', 'sq*', 'sql*'. Addresses of pages
# are words too, without an end. What it costs keeps PostgreSQL from making beginnings while it reads row by row.
WORDS = """
CREATE FUNCTION catalog_beginnings(document tsvector) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT COST 5000
RETURN (
    SELECT coalesce(array_to_tsvector(array_agg(lexeme) || array_agg(left(lexeme, size) || '*')), '')
    FROM unnest(document), generate_series(1, least(length(lexeme), 64)) size
);

CREATE FUNCTION catalog_query(terms text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN replace(to_tsquery('public.skilmi_french'::regconfig, terms)::text, ''':*', '*''')::tsquery;
"""

NO_WORDS = """
DROP FUNCTION catalog_query(text);
DROP FUNCTION catalog_beginnings(tsvector);
"""


class Migration(migrations.Migration):
    """Beginnings of words, for the index that the next one makes."""

    dependencies = [("catalog", "0008_order_of_trainings")]

    operations = [migrations.RunSQL(WORDS, NO_WORDS)]
