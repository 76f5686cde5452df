import django.db.models.deletion
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import Q

import core.fields
import core.files.models
import core.identifiers

SAYS_SOMETHING = Q(kind="card") & ~Q(card="") | Q(kind="text") & (~Q(body="") | Q(file_count__gt=0)) & Q(
    author__isnull=False
)


class Migration(migrations.Migration):
    """Files in messages. The rule about content is checked for new rows now, for the others in the next migration."""

    dependencies = [("messaging", "0001_initial")]

    operations = [
        migrations.RemoveConstraint(model_name="message", name="message_has_content"),
        # On the way back, a message that is nothing but files needs words.
        migrations.RunSQL(
            migrations.RunSQL.noop, "UPDATE messaging_message SET body = '…' WHERE kind = 'text' AND body = ''"
        ),
        migrations.AddField(
            model_name="message",
            name="file_count",
            field=models.PositiveSmallIntegerField(db_default=0, default=0, verbose_name="fichiers"),
        ),
        AddConstraintNotValid(
            model_name="message",
            constraint=models.CheckConstraint(condition=SAYS_SOMETHING, name="message_says_something"),
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    core.fields.ReferenceField(
                        default=core.identifiers.new_reference, editable=False, max_length=32, unique=True
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(verbose_name="rang")),
                ("name", models.CharField(max_length=120, verbose_name="nom")),
                ("size", models.PositiveIntegerField(verbose_name="octets")),
                ("media_type", models.CharField(max_length=100, verbose_name="nature")),
                ("sha256", models.CharField(max_length=64, verbose_name="empreinte")),
                (
                    "file",
                    models.FileField(
                        storage=core.files.models.private_storage, upload_to="messages/", verbose_name="fichier"
                    ),
                ),
                (
                    "thumbnail",
                    models.FileField(
                        blank=True,
                        storage=core.files.models.private_storage,
                        upload_to="messages/",
                        verbose_name="vignette",
                    ),
                ),
                ("thumbnail_width", models.PositiveSmallIntegerField(default=0)),
                ("thumbnail_height", models.PositiveSmallIntegerField(default=0)),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="messaging.message",
                        verbose_name="message",
                    ),
                ),
            ],
            options={
                "verbose_name": "fichier joint",
                "verbose_name_plural": "fichiers joints",
                "ordering": ["message", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("message", "position"), name="attachments_in_order"),
                ],
            },
        ),
    ]
