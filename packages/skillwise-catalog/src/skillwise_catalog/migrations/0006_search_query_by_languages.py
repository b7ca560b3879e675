"""What texts are matched with takes languages by their tags, and is stemmed by all of them in one call: a statement
that named each stemmer took longer to read and plan than to answer. Statistics of titles are smaller for the same reason.
"""

from django.db import migrations

BY_LANGUAGES = """
DROP FUNCTION skillwise_catalog_search_query(text, text, regconfig[], boolean);

-- `words` (as in web searches) as each of the `languages` stems them.
CREATE FUNCTION skillwise_catalog_stemmed_queries(words text, languages text[])
RETURNS tsquery[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
    folded text := skillwise_catalog_fold(words);
    queries tsquery[] := ARRAY[]::tsquery[];
    language text;
BEGIN
    FOREACH language IN ARRAY languages LOOP
        queries := queries || websearch_to_tsquery(skillwise_catalog_search_config(language), folded);
    END LOOP;
    RETURN queries;
END $$;

-- What finds courses that hold all of `words` in any of the `languages`, and none of `excluded`. Alternatives that
-- say the same appear once: each would make the planner expect more rows. The last word may be the beginning of one
-- when it `completes`.
CREATE FUNCTION skillwise_catalog_search_query(words text, excluded text, languages text[], completes boolean)
RETURNS tsquery LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
    folded text := skillwise_catalog_fold(words);
    written text := websearch_to_tsquery('pg_catalog.simple', folded)::text;
    variants text[] := ARRAY[]::text[];
    variant text;
    query tsquery;
    unwanted tsquery;
    language text;
BEGIN
    IF written <> '' THEN
        variants := ARRAY[CASE WHEN completes THEN written || ':*' ELSE written END];
    END IF;
    FOREACH language IN ARRAY languages LOOP
        variant := websearch_to_tsquery(skillwise_catalog_search_config(language), folded)::text;
        IF variant <> '' AND variant <> written AND variant <> ALL (variants) THEN
            variants := variants || variant;
        END IF;
    END LOOP;
    FOREACH variant IN ARRAY variants LOOP
        query := CASE WHEN query IS NULL THEN variant::tsquery ELSE query || variant::tsquery END;
    END LOOP;
    IF excluded <> '' THEN
        unwanted := websearch_to_tsquery('pg_catalog.simple', skillwise_catalog_fold(excluded));
        IF numnode(unwanted) > 0 THEN
            query := coalesce(query && !!unwanted, !!unwanted);
        END IF;
    END IF;
    RETURN coalesce(query, ''::tsquery);
END $$;

-- Of titles the planner still knows a thousand words, those that one in five hundred has. To know more takes it longer
-- with each search, and changes no plan. Of whole texts it needs more: with fewer it takes a word that nobody uses for
-- one that is used often enough to walk through the list.
ALTER TABLE skillwise_catalog_edition ALTER COLUMN title_search SET STATISTICS 100;
"""
BY_CONFIGURATIONS = """
ALTER TABLE skillwise_catalog_edition ALTER COLUMN title_search SET STATISTICS 500;

DROP FUNCTION skillwise_catalog_search_query(text, text, text[], boolean);
DROP FUNCTION skillwise_catalog_stemmed_queries(text, text[]);

CREATE FUNCTION skillwise_catalog_search_query(words text, excluded text, configs regconfig[], completes boolean)
RETURNS tsquery LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
    written tsquery := websearch_to_tsquery('pg_catalog.simple', skillwise_catalog_fold(words));
    unwanted tsquery := websearch_to_tsquery('pg_catalog.simple', skillwise_catalog_fold(excluded));
    variants text[] := ARRAY[]::text[];
    variant text;
    query tsquery;
    config regconfig;
BEGIN
    IF numnode(written) > 0 THEN
        variants := ARRAY[CASE WHEN completes THEN written::text || ':*' ELSE written::text END];
    END IF;
    FOREACH config IN ARRAY configs LOOP
        variant := websearch_to_tsquery(config, skillwise_catalog_fold(words))::text;
        IF variant <> '' AND variant <> written::text AND variant <> ALL (variants) THEN
            variants := variants || variant;
        END IF;
    END LOOP;
    FOREACH variant IN ARRAY variants LOOP
        query := CASE WHEN query IS NULL THEN variant::tsquery ELSE query || variant::tsquery END;
    END LOOP;
    IF numnode(unwanted) > 0 THEN
        query := CASE WHEN query IS NULL THEN !!unwanted ELSE query && !!unwanted END;
    END IF;
    RETURN coalesce(query, ''::tsquery);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("skillwise_catalog", "0005_languages_titles")]

    operations = [migrations.RunSQL(BY_LANGUAGES, BY_CONFIGURATIONS)]
