import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations, models

# The column of whole texts is made anew behind that of headings. A search for a common word looks at the headings of
# a thousand rows, and from behind a text they cost it a tenth more: no row's beginning has them with it in memory.
# All in one statement, so that the table and its indexes are written once.
HEADINGS = """
-- A course's title, and the names of those who teach it. All of it is in what `skillwise_catalog_search_vector` holds,
-- and no phrase reaches from the names into the title.
CREATE FUNCTION skillwise_catalog_heading_vector(language text, title text, instructors text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN ts_delete(
    to_tsvector('pg_catalog.simple', skillwise_catalog_fold(instructors) || ' skillwisegap')
    || skillwise_catalog_lexemes(language, title),
    'skillwisegap'
);

ALTER TABLE skillwise_catalog_edition
    DROP COLUMN search,
    ADD COLUMN heading_search tsvector GENERATED ALWAYS AS (
        skillwise_catalog_heading_vector(language, title, instructor_names)
    ) STORED,
    ADD COLUMN search tsvector GENERATED ALWAYS AS (
        skillwise_catalog_search_vector(language, title, subtitle, instructor_names, outcomes, description)
    ) STORED,
    ALTER COLUMN heading_search SET STORAGE MAIN, ALTER COLUMN search SET STORAGE MAIN,
    ALTER COLUMN heading_search SET STATISTICS 100, ALTER COLUMN search SET STATISTICS 500;
CREATE INDEX catalog_edition_heading ON skillwise_catalog_edition USING gin (heading_search);
CREATE INDEX catalog_edition_search ON skillwise_catalog_edition USING gin (search);
"""
TITLES_ALONE = """
ALTER TABLE skillwise_catalog_edition DROP COLUMN heading_search;
DROP FUNCTION skillwise_catalog_heading_vector(text, text, text);
"""


class Migration(migrations.Migration):
    dependencies = [("skillwise_catalog", "0010_ranges_are_covered")]

    operations = [
        migrations.RunSQL(
            HEADINGS,
            TITLES_ALONE,
            state_operations=[
                migrations.AddField(
                    model_name="edition",
                    name="heading_search",
                    field=models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            "language",
                            "title",
                            "instructor_names",
                            function="skillwise_catalog_heading_vector",
                        ),
                        help_text="The title, and who teaches it.",
                        output_field=django.contrib.postgres.search.SearchVectorField(),
                    ),
                ),
                migrations.AddIndex(
                    model_name="edition",
                    index=django.contrib.postgres.indexes.GinIndex(
                        fields=["heading_search"], name="catalog_edition_heading"
                    ),
                ),
            ],
        )
    ]
