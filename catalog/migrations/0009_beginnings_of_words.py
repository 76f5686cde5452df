from django.db import migrations

# « compta » finds « comptabilité ». PostgreSQL looks a beginning up by collecting everybody behind each word that starts
# so, thousands at a time; a beginning that is itself a word of the index costs as little as a whole word. So the index
# holds each word of a document, and its beginnings of three to ten letters with a star: 'bluson', 'blu*', 'blus*',
# 'bluso*', 'bluson*'. Longer ones are few to collect, and would make a page of long words too large to be indexed.
# Its cost keeps PostgreSQL from making beginnings while it reads row by row.
WORDS = """
CREATE FUNCTION catalog_beginnings(document tsvector) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT COST 5000
RETURN (
    SELECT coalesce(array_to_tsvector(array_agg(lexeme) || array_agg(begun) FILTER (WHERE begun IS NOT NULL)), '')
    FROM unnest(document)
    LEFT JOIN LATERAL (
        SELECT left(lexeme, size) || '*' AS begun FROM generate_series(3, least(length(lexeme), 10)) size
    ) beginnings ON true
);

-- What PostgreSQL takes apart, such as « 12e34abc », stands side by side on a page: all its parts must be there.
CREATE FUNCTION catalog_query(terms text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN regexp_replace(to_tsquery('public.skilmi_french'::regconfig, terms)::text, '<(-|[0-9]+)>', '&', 'g')::tsquery;

CREATE FUNCTION catalog_query_of_beginnings(terms text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN regexp_replace(catalog_query(terms)::text, '''([^'']{3,10})'':\\*', '''\\1*''', 'g')::tsquery;
"""

NO_WORDS = """
DROP FUNCTION catalog_query_of_beginnings(text);
DROP FUNCTION catalog_query(text);
DROP FUNCTION catalog_beginnings(tsvector);
"""


class Migration(migrations.Migration):
    """Beginnings of words, for the index that the next one makes."""

    dependencies = [("catalog", "0008_order_of_trainings")]

    operations = [migrations.RunSQL(WORDS, NO_WORDS)]
