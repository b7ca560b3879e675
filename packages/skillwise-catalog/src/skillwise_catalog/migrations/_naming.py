"""Files that texts of the working copies name are written down by triggers, and held by a foreign key."""

# The spellings are those of `domain.references.media_spelled_in`, which decides whose files an author may name: where one
# of the two found more than the other, a file could be shown and not held, or held by somebody whom it was refused.
TRIGGERS = r"""
-- Whether it is worth a closer look: most texts name no file. To look for words is far cheaper than for patterns, of
-- which those below see a few characters each. It is not STRICT, as that would keep it from being inlined.
CREATE FUNCTION skillwise_catalog_may_name_files(markdown text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN strpos(lower(markdown COLLATE "C"), 'media:') > 0 OR strpos(markdown, '&#') > 0
    OR strpos(markdown, '&colon;') > 0 OR strpos(markdown, '\:') > 0 OR strpos(markdown, '\-') > 0;

CREATE FUNCTION skillwise_catalog_files_named_in(markdown text) RETURNS uuid[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
    plain text := replace(replace(replace(markdown, '\:', ':'), '\-', '-'), '&colon;', ':');
    numbered text;
    letter integer;
BEGIN
    IF strpos(plain, '&#') > 0 THEN
        FOR numbered IN
            SELECT DISTINCT '&#' || substring(left(piece, 10) FROM '^(?:[0-9]{1,8}|[xX][0-9a-fA-F]{1,8});') COLLATE "C"
            FROM unnest((string_to_array(plain, '&#'))[2:]) piece
            ORDER BY 1
        LOOP
            CONTINUE WHEN numbered IS NULL;
            letter := CASE
                WHEN numbered ~* '^&#x' THEN ('x' || lpad(substr(rtrim(numbered, ';'), 4), 8, '0'))::bit(32)::integer
                ELSE substr(rtrim(numbered, ';'), 3)::integer
            END;
            IF letter BETWEEN ascii('-') AND ascii('m') AND strpos('-0123456789:abcdefim', chr(letter)) > 0 THEN
                plain := replace(plain, numbered, chr(letter));
            END IF;
        END LOOP;
    END IF;
    RETURN ARRAY(
        SELECT DISTINCT left(piece, 36)::uuid
        FROM unnest((string_to_array(lower(plain COLLATE "C"), 'media:'))[2:]) piece
        WHERE left(piece, 36) ~ '^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
    );
END $$;

-- All Markdown of a quiz, as `LessonDocument.prose` has it.
CREATE FUNCTION skillwise_catalog_quiz_text(quiz jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN (
    SELECT string_agg(said #>> '{}', E'\n')
    FROM (
        SELECT jsonb_path_query(quiz, '$.questions[*].text')
        UNION ALL SELECT jsonb_path_query(quiz, '$.questions[*].explanation')
        UNION ALL SELECT jsonb_path_query(quiz, '$.questions[*].choices[*].text')
    ) texts(said)
);

-- A file that is being deleted is waited for, and then is none; one that is named here is not deleted before the commit.
CREATE FUNCTION skillwise_catalog_course_names_files() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    named uuid[] := skillwise_catalog_files_named_in(NEW.description);
BEGIN
    DELETE FROM skillwise_catalog_namedfile WHERE course_id = NEW.id AND file_id <> ALL (named);
    INSERT INTO skillwise_catalog_namedfile (course_id, file_id)
    SELECT NEW.id, file.id FROM skillwise_catalog_mediafile file WHERE file.id = ANY (named)
    ORDER BY file.id FOR KEY SHARE
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER course_names_files AFTER INSERT ON skillwise_catalog_course
FOR EACH ROW WHEN (skillwise_catalog_may_name_files(NEW.description))
EXECUTE FUNCTION skillwise_catalog_course_names_files();
CREATE TRIGGER course_names_other_files AFTER UPDATE OF description ON skillwise_catalog_course
FOR EACH ROW WHEN (NEW.description <> OLD.description)
EXECUTE FUNCTION skillwise_catalog_course_names_files();

CREATE FUNCTION skillwise_catalog_lesson_names_files() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    markdown text := NEW.article || coalesce(E'\n' || skillwise_catalog_quiz_text(NEW.quiz), '');
    named uuid[] := skillwise_catalog_files_named_in(markdown);
BEGIN
    DELETE FROM skillwise_catalog_namedfile WHERE lesson_id = NEW.id AND file_id <> ALL (named);
    INSERT INTO skillwise_catalog_namedfile (lesson_id, file_id)
    SELECT NEW.id, file.id FROM skillwise_catalog_mediafile file WHERE file.id = ANY (named)
    ORDER BY file.id FOR KEY SHARE
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER lesson_names_files AFTER INSERT ON skillwise_catalog_lesson
FOR EACH ROW WHEN (NEW.quiz IS NOT NULL OR skillwise_catalog_may_name_files(NEW.article))
EXECUTE FUNCTION skillwise_catalog_lesson_names_files();
CREATE TRIGGER lesson_names_other_files AFTER UPDATE OF article, quiz ON skillwise_catalog_lesson
FOR EACH ROW WHEN ((NEW.article, NEW.quiz) IS DISTINCT FROM (OLD.article, OLD.quiz))
EXECUTE FUNCTION skillwise_catalog_lesson_names_files();
"""
BACK = """
DROP TRIGGER lesson_names_other_files ON skillwise_catalog_lesson;
DROP TRIGGER lesson_names_files ON skillwise_catalog_lesson;
DROP FUNCTION skillwise_catalog_lesson_names_files();
DROP TRIGGER course_names_other_files ON skillwise_catalog_course;
DROP TRIGGER course_names_files ON skillwise_catalog_course;
DROP FUNCTION skillwise_catalog_course_names_files();
DROP FUNCTION skillwise_catalog_quiz_text(jsonb);
DROP FUNCTION skillwise_catalog_files_named_in(text);
DROP FUNCTION skillwise_catalog_may_name_files(text);
"""
