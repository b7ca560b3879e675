from django.db import migrations, models

VIEW = """
CREATE VIEW skillwise_catalog_anyupload AS
SELECT id, owner_id, false AS is_completed FROM skillwise_catalog_upload
UNION ALL
SELECT id, owner_id, true FROM skillwise_catalog_mediafile;
"""


class Migration(migrations.Migration):
    dependencies = [("skillwise_catalog", "0008_named_files")]

    operations = [
        migrations.AddIndex(
            model_name="upload",
            index=models.Index(fields=["owner_id", "-id"], name="catalog_upload_by_owner"),
        ),
        migrations.AddIndex(
            model_name="mediafile",
            index=models.Index(fields=["owner_id", "-id"], name="catalog_media_by_owner"),
        ),
        migrations.AlterField(model_name="upload", name="owner_id", field=models.UUIDField()),
        migrations.AlterField(model_name="mediafile", name="owner_id", field=models.UUIDField()),
        migrations.CreateModel(
            name="AnyUpload",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("owner_id", models.UUIDField()),
                ("is_completed", models.BooleanField()),
            ],
            options={"managed": False},
        ),
        migrations.RunSQL(VIEW, "DROP VIEW skillwise_catalog_anyupload"),
    ]
