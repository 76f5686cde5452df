from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Reads the table without keeping anybody from writing to it."""

    dependencies = [("messaging", "0002_attachments")]

    operations = [ValidateConstraint(model_name="message", name="message_says_something")]
