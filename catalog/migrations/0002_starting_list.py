from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils.text import slugify

STARTING_LIST = {
    "Données et code": [
        "Analyse de données",
        "Python",
        "SQL",
        "Visualisation de données",
        "Développement web",
        "Intelligence artificielle",
        "Cybersécurité",
    ],
    "Création et design": ["Design d’interface", "Photographie", "Montage vidéo", "Dessin", "Illustrator"],
    "Langues": ["Anglais oral", "Anglais professionnel", "Espagnol", "Allemand", "Français langue étrangère"],
    "Entreprise et gestion": ["Comptabilité", "Gestion de projet", "Négociation", "Création d’entreprise", "Tableur"],
    "Carrière": ["Entretien d’embauche", "Prise de parole", "Management", "Reconversion", "Rédaction de CV"],
    "Communication et marketing": ["Rédaction web", "Référencement", "Réseaux sociaux", "Stratégie de marque"],
    "Artisanat et maison": ["Couture", "Cuisine", "Jardinage", "Menuiserie", "Bricolage"],
    "Musique et arts": ["Guitare", "Piano", "Chant", "Écriture", "Théâtre"],
    "Études et sciences": ["Mathématiques", "Statistiques", "Physique", "Méthodologie universitaire"],
}


def add_starting_list(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    category_model = apps.get_model("catalog", "Category")
    skill_model = apps.get_model("catalog", "Skill")
    for category_name, skills in STARTING_LIST.items():
        category, _ = category_model.objects.get_or_create(
            slug=address(category_name), defaults={"name": category_name}
        )
        for name in skills:
            skill_model.objects.get_or_create(slug=address(name), defaults={"name": name, "category": category})


def address(name: str) -> str:
    return slugify(name.replace("’", "-"))


class Migration(migrations.Migration):
    """A first list of categories and skills, which the team completes (K-22)."""

    dependencies = [("catalog", "0001_initial"), ("core", "0002_extensions")]

    operations = [migrations.RunPython(add_starting_list, migrations.RunPython.noop)]
