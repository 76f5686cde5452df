from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0007_corrections_never_change"),
    ]

    operations = [
        migrations.CreateModel(
            name="Reconciliation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("finished_at", models.DateTimeField(db_index=True, verbose_name="terminé le")),
                ("found", models.JSONField(verbose_name="lignes trouvées")),
            ],
            options={
                "verbose_name": "contrôle des comptes",
                "verbose_name_plural": "contrôles des comptes",
                "get_latest_by": "finished_at",
            },
        ),
    ]
