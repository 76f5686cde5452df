from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

BEFORE = {
    "donnees": (
        "Vous pouvez demander à les voir, à les corriger, à les effacer ou à les recevoir. La loi nous donne un mois\u202f; nous répondons plus tôt.",
        "Confidentialité | /confidentialite/\nMes préférences | /compte/preferences/",
    ),
    "avis": (
        "Nous retirons un avis insultant, diffamatoire ou illicite, ou qui ne parle pas de la session. Un avis sévère et honnête reste\u202f: vous pouvez y répondre.",
        "Les règles des avis | /avis/regles/",
    ),
}
AFTER = {
    "donnees": (
        "Vous pouvez les recevoir ou fermer votre compte vous-même, sans nous attendre. Pour toute autre demande, écrivez-nous\u202f: la loi nous donne un mois, nous répondons plus tôt.",
        "Recevoir mes données | /compte/donnees/\nFermer mon compte | /compte/fermeture/\nConfidentialité | /confidentialite/",
    ),
    "avis": (
        "Nous retirons un avis pour injure ou diffamation seulement. Un avis sévère et honnête reste\u202f: vous pouvez y répondre une fois. Il reste affiché pendant que nous l’examinons.",
        "Les règles des avis | /avis/regles/",
    ),
}
# « L’auteur peut contester une fois, par le formulaire de contact. »
CONTESTED = {
    "label": "Une décision sur mon avis",
    "help": "Nous vous avons écrit pourquoi votre avis est retiré, ou un passage masqué. Vous pouvez le contester une fois\u202f: une autre personne de l’équipe relit la décision. Dites ce qui vous semble inexact.",
    "links": "Les règles des avis | /avis/regles/",
    "audience": "members",
    "asks": ["session"],
    "requires": ["session"],
    "team": "moderation",
    "target_hours": 48,
    "order": 30,
}


def say_it(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    motives = apps.get_model("support", "Motive").objects
    _replace(apps, BEFORE, AFTER)
    heading = motives.filter(slug="securite").first()
    motives.get_or_create(slug="avis-conteste", defaults=CONTESTED | {"parent": heading})


def take_it_back(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """A motive that was used stays."""
    _replace(apps, AFTER, BEFORE)
    apps.get_model("support", "Motive").objects.filter(slug="avis-conteste", tickets=None).delete()


def _replace(apps: Apps, old: dict[str, tuple[str, str]], new: dict[str, tuple[str, str]]) -> None:
    """What the team has edited stays as it is."""
    for slug, (help_text, links) in old.items():
        rows = apps.get_model("support", "Motive").objects.filter(slug=slug, help=help_text, links=links)
        rows.update(help=new[slug][0], links=new[slug][1])


class Migration(migrations.Migration):
    """The pages that do it, and the rules of reviews, came after the motives."""

    dependencies = [("support", "0002_starting_motives")]

    operations = [migrations.RunPython(say_it, take_it_back)]
