from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

WORDS = {
    "reservation": "annuler annulation reporter déplacer décaler modifier refus expirer agenda calendrier rendez-vous",
    "technique": "micro caméra webcam casque écran partage connexion coupure visio navigateur Chrome Firefox écho",
    "session-non-tenue": "absent absence manqué retard attendu personne rendez-vous remboursement",
    "reclamation": "remboursement rembourser litige plainte contester mécontent déçu qualité arnaque trop payé",
    "paiement": "remboursement rembourser carte bancaire débit prélèvement solde argent retirer récupérer euros prix",
    "facture": "TVA reçu justificatif comptabilité comptable note de frais",
    "devenir-mentor": "candidature inscription validation refus dossier formateur professeur enseigner SIRET SIREN",
    "formation": "cours catalogue validation refus programme",
    "virement": "versement gain paie rémunération argent banque IBAN RIB retard",
    "stripe": "identité vérification document pièce bancaire IBAN RIB",
    "avis": "note étoiles évaluation commentaire injure insulte diffamation supprimer",
    "avis-conteste": "note étoiles évaluation commentaire supprimé contester recours",
    "connexion": "connecter login identifiant e-mail courriel confirmer confirmation double authentification code bloqué",
    "donnees": "RGPD vie privée supprimer suppression fermer fermeture compte désinscription résilier export archive",
    "signalement": "harcèlement insulte menace arnaque fraude abus spam bloquer dénoncer",
    "juridique": "illégal contrefaçon droit auteur plagiat plainte avocat justice",
    "erreur": "bug panne plantage page blanche marche fonctionne pas cassé",
    "question": "renseignement information comment aide",
    "presse": "journaliste média interview partenaire association entreprise école",
    "autre": "divers suggestion idée",
}


def give_words(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for slug, words in WORDS.items():
        apps.get_model("support", "Motive").objects.filter(slug=slug).update(keywords=words)


class Migration(migrations.Migration):
    """The words go with their column."""

    dependencies = [("support", "0003_as_other_pages_promise")]

    operations = [
        migrations.AddField(
            model_name="motive",
            name="keywords",
            field=models.TextField(blank=True, default="", max_length=500, verbose_name="mots cherchés"),
            preserve_default=False,
        ),
        migrations.RunPython(give_words, migrations.RunPython.noop),
    ]
