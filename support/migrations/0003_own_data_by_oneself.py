from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

BEFORE = "Confidentialité | /confidentialite/\nMes préférences | /compte/preferences/"
AFTER = "Recevoir mes données | /compte/donnees/\nFermer mon compte | /compte/fermeture/\nConfidentialité | /confidentialite/"
HELP_BEFORE = "Vous pouvez demander à les voir, à les corriger, à les effacer ou à les recevoir. La loi nous donne un mois\u202f; nous répondons plus tôt."
HELP_AFTER = "Vous pouvez les recevoir ou fermer votre compte vous-même, sans nous attendre. Pour toute autre demande, écrivez-nous\u202f: la loi nous donne un mois, nous répondons plus tôt."


def lead_there(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _replace(apps, (HELP_BEFORE, BEFORE), (HELP_AFTER, AFTER))


def lead_back(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _replace(apps, (HELP_AFTER, AFTER), (HELP_BEFORE, BEFORE))


def _replace(apps: Apps, old: tuple[str, str], new: tuple[str, str]) -> None:
    """What the team has edited stays as it is."""
    rows = apps.get_model("support", "Motive").objects.filter(slug="donnees", help=old[0], links=old[1])
    rows.update(help=new[0], links=new[1])


class Migration(migrations.Migration):
    """The pages that do it came after the motives."""

    dependencies = [("support", "0002_starting_motives")]

    operations = [migrations.RunPython(lead_there, lead_back)]
