from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """What the sweep that forgets visitors' requests looks for."""

    dependencies = [
        ("support", "0004_words_people_look_for"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("author", None), ("status__in", ["merged", "resolved"])),
                fields=["since"],
                name="ticket_of_visitor_ended",
            ),
        ),
    ]
