from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone


def keep_proposals(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    proposal = apps.get_model("catalog", "NameProposal")
    for kind in ("category", "skill"):
        waiting = apps.get_model("catalog", kind).objects.filter(is_validated=False, proposed_by__isnull=False)
        for row in waiting:
            known = {"name": row.name, "proposer_id": row.proposed_by_id, "proposed_at": timezone.now()}
            proposal.objects.get_or_create(**{kind: row}, status="waiting", defaults=known)


class Migration(migrations.Migration):
    """Names proposed before their proposals were kept: nobody noted when, so they wait from today."""

    dependencies = [("catalog", "0003_names_and_steps")]

    operations = [migrations.RunPython(keep_proposals, migrations.RunPython.noop)]
