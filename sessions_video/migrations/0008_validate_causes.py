from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Reads the table without keeping anybody from writing to it."""

    dependencies = [("sessions_video", "0007_media_failed")]

    operations = [ValidateConstraint(model_name="segment", name="segment_cause_known")]
