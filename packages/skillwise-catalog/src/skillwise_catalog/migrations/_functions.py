"""What catalog's tables and indexes are made with."""

# PostgreSQL takes every character beyond ASCII for a letter, where its locale is C; unaccent() turns typographic
# quotes, dashes and full-width signs into ASCII's before that. These it leaves as they are, and they hid the words
# beside them: spaces of other widths, and what ends or quotes sentences in other scripts.
SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff"
SIGNS = (
    "§¶·•‣※†‡"
    "।॥"  # Bengali, Hindi and other languages of India
    "،؛؟۔٪"  # Arabic, Persian, Urdu
    "־׀׃"  # Hebrew
    "՜՝՞։"  # Armenian
    "።፣፤፥፧"  # Amharic
    "၊။"  # Burmese
    "។៕"  # Khmer
    "๏๚๛"  # Thai
    "「」『』【】〖〗〈〉｢｣・･〜〃"  # Chinese, Japanese, Korean
)
BETWEEN_WORDS = SPACES + SIGNS

# unaccent() is only "stable", for its dictionary could be replaced; named outright it is as good as immutable, which
# generated columns and indexes ask for. So it is with the dictionaries of languages.
FUNCTIONS = f"""
CREATE FUNCTION skillwise_catalog_fold(text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN lower(translate(
    public.unaccent('public.unaccent'::regdictionary, $1), '{BETWEEN_WORDS}', '{" " * len(BETWEEN_WORDS)}'
));

-- The random end of a UUIDv7.
CREATE FUNCTION skillwise_catalog_shuffled(uuid) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN right($1::text, 12);

-- How the words of a language (BCP 47) are stemmed: as they are written where PostgreSQL has no stemmer for it.
CREATE FUNCTION skillwise_catalog_search_config(language text) RETURNS regconfig
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN CASE split_part(lower(language), '-', 1)
    WHEN 'ar' THEN 'pg_catalog.arabic'::regconfig WHEN 'ca' THEN 'pg_catalog.catalan'::regconfig
    WHEN 'da' THEN 'pg_catalog.danish'::regconfig WHEN 'de' THEN 'pg_catalog.german'::regconfig
    WHEN 'el' THEN 'pg_catalog.greek'::regconfig WHEN 'en' THEN 'pg_catalog.english'::regconfig
    WHEN 'es' THEN 'pg_catalog.spanish'::regconfig WHEN 'fi' THEN 'pg_catalog.finnish'::regconfig
    WHEN 'fr' THEN 'pg_catalog.french'::regconfig WHEN 'hi' THEN 'pg_catalog.hindi'::regconfig
    WHEN 'hu' THEN 'pg_catalog.hungarian'::regconfig WHEN 'id' THEN 'pg_catalog.indonesian'::regconfig
    WHEN 'it' THEN 'pg_catalog.italian'::regconfig WHEN 'lt' THEN 'pg_catalog.lithuanian'::regconfig
    WHEN 'nb' THEN 'pg_catalog.norwegian'::regconfig WHEN 'nl' THEN 'pg_catalog.dutch'::regconfig
    WHEN 'no' THEN 'pg_catalog.norwegian'::regconfig WHEN 'pt' THEN 'pg_catalog.portuguese'::regconfig
    WHEN 'ro' THEN 'pg_catalog.romanian'::regconfig WHEN 'ru' THEN 'pg_catalog.russian'::regconfig
    WHEN 'sr' THEN 'pg_catalog.serbian'::regconfig WHEN 'sv' THEN 'pg_catalog.swedish'::regconfig
    WHEN 'ta' THEN 'pg_catalog.tamil'::regconfig WHEN 'tr' THEN 'pg_catalog.turkish'::regconfig
    ELSE 'pg_catalog.simple'::regconfig
END;

-- Words as they are written, for whoever searches in another language, and stemmed in their own. No phrase reaches from
-- the ones into the others.
CREATE FUNCTION skillwise_catalog_lexemes(language text, words text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN CASE WHEN skillwise_catalog_search_config(language) = 'pg_catalog.simple'::regconfig
    THEN to_tsvector('pg_catalog.simple', skillwise_catalog_fold(words))
    ELSE ts_delete(
        to_tsvector('pg_catalog.simple', skillwise_catalog_fold(words) || ' skillwisegap')
        || to_tsvector(skillwise_catalog_search_config(language), skillwise_catalog_fold(words)),
        'skillwisegap'
    )
END;

-- All of a course that is searched. Of a long description the beginning: what is ranked must stay small.
CREATE FUNCTION skillwise_catalog_search_vector(
    language text, title text, subtitle text, instructors text, outcomes text[], description text
) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN setweight(skillwise_catalog_lexemes(language, title || ' ' || subtitle), 'A')
    || setweight(to_tsvector('pg_catalog.simple', skillwise_catalog_fold(instructors)), 'B')
    || setweight(skillwise_catalog_lexemes(language, array_to_string(outcomes, ' ; ')), 'C')
    || setweight(skillwise_catalog_lexemes(language, left(description, 1500)), 'D');

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

-- A course's title, and the names of those who teach it. All of it is in what `skillwise_catalog_search_vector` holds,
-- and no phrase reaches from the names into the title.
CREATE FUNCTION skillwise_catalog_heading_vector(language text, title text, instructors text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN ts_delete(
    to_tsvector('pg_catalog.simple', skillwise_catalog_fold(instructors) || ' skillwisegap')
    || skillwise_catalog_lexemes(language, title),
    'skillwisegap'
);

-- The words of titles and names that look most like each of the `written` ones, so many as are then compared letter
-- by letter. A function, as what stands in a statement is planned with it each time, wanted or not: that was a tenth
-- of a search whose words are there.
CREATE FUNCTION skillwise_catalog_words_alike(written text[])
RETURNS TABLE (word text, key text, weight integer) LANGUAGE plpgsql STABLE PARALLEL SAFE STRICT AS $$
BEGIN
    RETURN QUERY SELECT one, alike.key, alike.weight FROM unnest(written) one, LATERAL (
        SELECT term.key, term.weight FROM skillwise_catalog_searchterm term
        WHERE term.kind = 'word' ORDER BY term.key <-> skillwise_catalog_fold(one) LIMIT 40
    ) alike;
END $$;
"""
BACK = """
DROP FUNCTION skillwise_catalog_words_alike(text[]);
DROP FUNCTION skillwise_catalog_heading_vector(text, text, text);
DROP FUNCTION skillwise_catalog_search_query(text, text, text[], boolean);
DROP FUNCTION skillwise_catalog_stemmed_queries(text, text[]);
DROP FUNCTION skillwise_catalog_search_vector(text, text, text, text, text[], text);
DROP FUNCTION skillwise_catalog_lexemes(text, text);
DROP FUNCTION skillwise_catalog_search_config(text);
DROP FUNCTION skillwise_catalog_shuffled(uuid);
DROP FUNCTION skillwise_catalog_fold(text);
"""
