import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.identifiers


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0005_agreed_hours_and_suggestions"),
        ("reviews", "0002_reference"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ReviewEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("kept", "Avis maintenu"),
                            ("masked", "Passage masqué"),
                            ("removed", "Avis retiré"),
                            ("restored", "Avis rétabli"),
                        ],
                        max_length=8,
                    ),
                ),
                ("from_status", models.CharField(choices=[("shown", "publié"), ("removed", "retiré")], max_length=8)),
                ("to_status", models.CharField(choices=[("shown", "publié"), ("removed", "retiré")], max_length=8)),
                (
                    "ground",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("insult", "Injure"),
                            ("defamation", "Diffamation"),
                            ("personal_data", "Données personnelles"),
                        ],
                        max_length=16,
                    ),
                ),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="ReviewReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            ("insult", "Injure"),
                            ("defamation", "Diffamation"),
                            ("personal_data", "Données personnelles"),
                        ],
                        max_length=16,
                        verbose_name="motif",
                    ),
                ),
                ("passage", models.TextField(max_length=2000, verbose_name="passage en cause")),
                ("words", models.TextField(max_length=2000, verbose_name="explication")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "à examiner"),
                            ("kept", "avis maintenu"),
                            ("masked", "passage masqué"),
                            ("removed", "avis retiré"),
                        ],
                        default="waiting",
                        max_length=8,
                        verbose_name="état",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="signalé le")),
            ],
            options={
                "verbose_name": "signalement d’un avis",
            },
        ),
        migrations.AlterModelOptions(
            name="review",
            options={"verbose_name": "évaluation", "verbose_name_plural": "évaluations"},
        ),
        migrations.AddField(
            model_name="review",
            name="masks",
            field=models.JSONField(blank=True, default=list, verbose_name="passages masqués"),
        ),
        migrations.AlterField(
            model_name="review",
            name="reference",
            field=models.CharField(default=core.identifiers.new_reference, editable=False, max_length=24, unique=True),
        ),
        migrations.AddField(
            model_name="review",
            name="replied_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="réponse publiée le"),
        ),
        migrations.AddField(
            model_name="review",
            name="reply",
            field=models.TextField(blank=True, max_length=2000, verbose_name="réponse du mentor"),
        ),
        migrations.AddField(
            model_name="review",
            name="reply_edited_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="réponse modifiée le"),
        ),
        migrations.AddField(
            model_name="review",
            name="status",
            field=models.CharField(
                choices=[("shown", "publié"), ("removed", "retiré")], default="shown", max_length=8, verbose_name="état"
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("replied_at", None), ("reply", "")),
                    models.Q(models.Q(("reply", ""), _negated=True), ("replied_at__isnull", False)),
                    _connector="OR",
                ),
                name="review_reply_has_date",
            ),
        ),
        migrations.AddField(
            model_name="reviewevent",
            name="actor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="reviewevent",
            name="review",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="events", to="reviews.review"
            ),
        ),
        migrations.AddField(
            model_name="reviewreport",
            name="author",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="signalé par",
            ),
        ),
        migrations.AddField(
            model_name="reviewreport",
            name="review",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="report",
                to="reviews.review",
                verbose_name="évaluation",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("step", "removed"), _negated=True),
                    ("ground__in", ["insult", "defamation"]),
                    _connector="OR",
                ),
                name="review_removed_on_legal_ground",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="review_event_has_reason"
            ),
        ),
        migrations.AddIndex(
            model_name="reviewreport",
            index=models.Index(
                condition=models.Q(("status", "waiting")), fields=["created_at"], name="review_report_waiting"
            ),
        ),
    ]
