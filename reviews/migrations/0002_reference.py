"""Each review gets a name for addresses. Rows are filled in batches, outside the lock that adding a column takes."""

from typing import Any

from django.db import migrations, models

from core.identifiers import new_reference

BATCH = 1000


def name_reviews(apps: Any, schema_editor: Any) -> None:
    """Begins again where it stopped."""
    reviews = apps.get_model("reviews", "Review").objects.using(schema_editor.connection.alias)
    while batch := list(reviews.filter(reference=None).only("pk")[:BATCH]):
        for review in batch:
            review.reference = new_reference()
        reviews.bulk_update(batch, ["reference"])


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("reviews", "0001_initial")]

    operations = [
        migrations.AddField("review", "reference", models.CharField(max_length=24, null=True, editable=False)),
        migrations.RunPython(name_reviews, migrations.RunPython.noop),
    ]
