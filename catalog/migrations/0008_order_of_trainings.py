from importlib import import_module

import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations, models

REFRESH: str = import_module("catalog.migrations.0005_listing").REFRESH.replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
)
LISTED_ONLY = "found.is_listed AND coalesce(mentor.is_bookable, false) AS is_bookable"
ALSO_UNLISTED = "coalesce(mentor.is_bookable, false) AS is_bookable"
FILL = "SELECT catalog_refresh_listings(ARRAY(SELECT user_id FROM mentors_mentorprofile WHERE is_bookable));"


class Migration(migrations.Migration):
    """Trainings are listed in the order of their mentors, also of those who declared no skill; words find them."""

    dependencies = [("catalog", "0007_former_names_said")]

    operations = [
        migrations.RunSQL(REFRESH.replace(LISTED_ONLY, ALSO_UNLISTED) + FILL, REFRESH),
        migrations.RemoveIndex(model_name="listing", name="listing_by_score"),
        migrations.AddIndex(
            model_name="listing",
            index=models.Index(
                models.F("is_bookable").desc(), models.F("score").desc(), "user", name="listing_by_score"
            ),
        ),
        migrations.AddIndex(
            model_name="training",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.search.SearchVector("title", "description", config="skilmi_french"),
                name="training_words",
            ),
        ),
    ]
