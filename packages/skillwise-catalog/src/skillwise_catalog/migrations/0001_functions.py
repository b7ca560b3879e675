from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations

# What tables and indexes are made with comes before them.
#
# unaccent() is only "stable", for its dictionary could be replaced; named outright it is as good as immutable, which
# generated columns and indexes ask for.
FOLD = """
CREATE FUNCTION skillwise_catalog_fold(text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN lower(public.unaccent('public.unaccent'::regdictionary, $1))
"""


class Migration(migrations.Migration):
    dependencies = []

    operations = [
        UnaccentExtension(),
        TrigramExtension(),
        migrations.RunSQL(FOLD, "DROP FUNCTION skillwise_catalog_fold(text)"),
    ]
