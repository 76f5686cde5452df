from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Beside the work: the table of messages is large, and nobody waits."""

    atomic = False

    dependencies = [("messaging", "0004_blocks_and_reports")]

    operations = [
        AddIndexConcurrently(
            model_name="message",
            index=models.Index(
                condition=models.Q(("kind", "text")), fields=["author", "-created_at"], name="message_by_author"
            ),
        ),
    ]
