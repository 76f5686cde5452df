from django.db import migrations, models
from django.db.models import Q

STEPS = [
    ("kept", "Avis maintenu"),
    ("masked", "Passage masqué"),
    ("removed", "Avis retiré"),
    ("restored", "Avis rétabli"),
    ("reply", "Réponse du mentor retirée"),
]


class Migration(migrations.Migration):
    """The team may remove what a mentor replied; until now no reply was."""

    dependencies = [("reviews", "0003_moderation")]

    operations = [
        migrations.AddField(
            model_name="review",
            name="reply_removed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="réponse retirée le"),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=Q(reply_removed_at=None) | ~Q(reply=""), name="review_only_a_reply_is_removed"
            ),
        ),
        migrations.AlterField(
            model_name="reviewevent",
            name="step",
            field=models.CharField(choices=STEPS, max_length=8),
        ),
        migrations.AddConstraint(
            model_name="reviewevent",
            constraint=models.CheckConstraint(
                condition=~Q(step="reply", ground=""), name="review_reply_removed_on_ground"
            ),
        ),
    ]
