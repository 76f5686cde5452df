from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Built while the site goes on. One that was interrupted leaves an invalid index: drop it, then migrate again.
    atomic = False

    dependencies = [
        ("billing", "0008_reconciliation"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="payout",
            index=models.Index(
                condition=models.Q(("status__in", ["scheduled", "in_flight", "failed"])),
                fields=["due_at"],
                name="payout_unsent",
            ),
        ),
        AddIndexConcurrently(
            model_name="settlement",
            index=models.Index(fields=["settled_at"], name="settlement_by_date"),
        ),
        AddIndexConcurrently(
            model_name="topup",
            index=models.Index(condition=models.Q(("status", "open")), fields=["expires_at"], name="top_up_to_close"),
        ),
    ]
