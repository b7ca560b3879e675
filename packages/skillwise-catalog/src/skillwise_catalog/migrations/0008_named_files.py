"""Files that texts of the working copies name are written down by triggers, and held by a foreign key; those of the
texts that are there already are written down here.
"""

import django.db.models.deletion
from django.db import migrations, models

# The spellings are those of `domain.markdown.media_spelled_in`, which decides whose files an author may name: where one
# of the two found more than the other, a file could be shown and not held, or held by somebody whom it was refused.
TRIGGERS = r"""
-- Whether it is worth a closer look: most texts name no file.
CREATE FUNCTION skillwise_catalog_may_name_files(markdown text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN markdown ~* 'media:|&#|&colon;|\\[:-]';

CREATE FUNCTION skillwise_catalog_files_named_in(markdown text) RETURNS uuid[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
    plain text := markdown;
    letter text;
BEGIN
    IF NOT skillwise_catalog_may_name_files(markdown) THEN
        RETURN '{}';
    END IF;
    plain := replace(replace(replace(plain, '\:', ':'), '\-', '-'), '&colon;', ':');
    IF strpos(plain, '&#') > 0 THEN
        FOREACH letter IN ARRAY string_to_array('-0123456789:abcdefim', NULL) LOOP
            plain := regexp_replace(
                plain, format('&#(?:0{0,5}%s|x0{0,4}%s);', ascii(letter), to_hex(ascii(letter))), letter, 'gi'
            );
        END LOOP;
    END IF;
    RETURN ARRAY(
        SELECT DISTINCT named[1]::uuid
        FROM regexp_matches(plain, 'media:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})', 'gi') named
    );
END $$;

-- All Markdown of a lesson, as `LessonDocument.prose` has it.
CREATE FUNCTION skillwise_catalog_lesson_text(article text, quiz jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN article || coalesce(
    (
        SELECT E'\n' || string_agg(said #>> '{}', E'\n')
        FROM (
            SELECT jsonb_path_query(quiz, '$.questions[*].text')
            UNION ALL SELECT jsonb_path_query(quiz, '$.questions[*].explanation')
            UNION ALL SELECT jsonb_path_query(quiz, '$.questions[*].choices[*].text')
        ) texts(said)
    ),
    ''
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
    named uuid[] := skillwise_catalog_files_named_in(skillwise_catalog_lesson_text(NEW.article, NEW.quiz));
BEGIN
    DELETE FROM skillwise_catalog_namedfile WHERE lesson_id = NEW.id AND file_id <> ALL (named);
    INSERT INTO skillwise_catalog_namedfile (lesson_id, file_id)
    SELECT NEW.id, file.id FROM skillwise_catalog_mediafile file WHERE file.id = ANY (named)
    ORDER BY file.id FOR KEY SHARE
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER lesson_names_files AFTER INSERT ON skillwise_catalog_lesson
FOR EACH ROW WHEN (skillwise_catalog_may_name_files(skillwise_catalog_lesson_text(NEW.article, NEW.quiz)))
EXECUTE FUNCTION skillwise_catalog_lesson_names_files();
CREATE TRIGGER lesson_names_other_files AFTER UPDATE OF article, quiz ON skillwise_catalog_lesson
FOR EACH ROW WHEN ((NEW.article, NEW.quiz) IS DISTINCT FROM (OLD.article, OLD.quiz))
EXECUTE FUNCTION skillwise_catalog_lesson_names_files();
"""

# Nobody writes a course or a lesson meanwhile: whoever makes a trigger locks writers out until the commit.
PRESENT = """
INSERT INTO skillwise_catalog_namedfile (course_id, file_id)
SELECT course.id, file.id
FROM skillwise_catalog_course course
CROSS JOIN LATERAL unnest(skillwise_catalog_files_named_in(course.description)) named(id)
JOIN skillwise_catalog_mediafile file ON file.id = named.id
WHERE skillwise_catalog_may_name_files(course.description)
FOR KEY SHARE OF file;

INSERT INTO skillwise_catalog_namedfile (lesson_id, file_id)
SELECT lesson.id, file.id
FROM (
    SELECT id, skillwise_catalog_lesson_text(article, quiz) AS markdown FROM skillwise_catalog_lesson
    WHERE article <> '' OR quiz IS NOT NULL
) lesson
CROSS JOIN LATERAL unnest(skillwise_catalog_files_named_in(lesson.markdown)) named(id)
JOIN skillwise_catalog_mediafile file ON file.id = named.id
FOR KEY SHARE OF file;
"""

BACK = """
DROP TRIGGER lesson_names_other_files ON skillwise_catalog_lesson;
DROP TRIGGER lesson_names_files ON skillwise_catalog_lesson;
DROP FUNCTION skillwise_catalog_lesson_names_files();
DROP TRIGGER course_names_other_files ON skillwise_catalog_course;
DROP TRIGGER course_names_files ON skillwise_catalog_course;
DROP FUNCTION skillwise_catalog_course_names_files();
DROP FUNCTION skillwise_catalog_lesson_text(text, jsonb);
DROP FUNCTION skillwise_catalog_files_named_in(text);
DROP FUNCTION skillwise_catalog_may_name_files(text);
"""


class Migration(migrations.Migration):
    dependencies = [("skillwise_catalog", "0007_punctuation_of_all_scripts")]

    operations = [
        migrations.CreateModel(
            name="NamedFile",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "course",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="named_files",
                        to="skillwise_catalog.course",
                    ),
                ),
                (
                    "lesson",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="named_files",
                        to="skillwise_catalog.lesson",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="named_by",
                        to="skillwise_catalog.mediafile",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("course", "file"), name="catalog_named_file_once_a_course"
                    ),
                    models.UniqueConstraint(
                        fields=("lesson", "file"), name="catalog_named_file_once_a_lesson"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("course__isnull", True), ("lesson__isnull", False)),
                            models.Q(("course__isnull", False), ("lesson__isnull", True)),
                            _connector="OR",
                        ),
                        name="catalog_named_file_in_one_text",
                    ),
                ],
            },
        ),
        migrations.RunSQL(TRIGGERS, BACK),
        migrations.RunSQL(PRESENT, migrations.RunSQL.noop),
    ]
