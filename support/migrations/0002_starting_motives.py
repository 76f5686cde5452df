"""The motives of Skilmi, which the team edits afterwards. Those under one heading stand together."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

URGENT, HIGH = 1, 2
DAY = 24

# Headings: address, label, and the motives under each.
TREE = [
    ("sessions", "Réservations et sessions vidéo", ["reservation", "technique", "session-non-tenue", "reclamation"]),
    ("argent", "Paiement, crédit et factures", ["paiement", "facture"]),
    ("mentor", "Être mentor", ["devenir-mentor", "formation", "virement", "stripe", "avis"]),
    ("compte", "Mon compte et mes données", ["connexion", "donnees"]),
    ("securite", "Sécurité et contenus", ["signalement", "juridique"]),
    ("autres", "Autres questions", ["erreur", "question", "presse", "autre"]),
]

MOTIVES = {
    "reservation": {
        "label": "Une demande ou une réservation",
        "help": "Changer d’heure, annuler ou relancer votre interlocuteur se fait depuis la page de la réservation, sans nous attendre.\n\nUne demande sans réponse expire d’elle-même, sans frais.",
        "links": "Mes sessions vidéo | /mes-sessions-video/\nLes questions sur les réservations | /aide/#reservations",
        "asks": ["session"],
    },
    "technique": {
        "label": "Un problème de son, d’image ou de salle",
        "help": "Testez d’abord votre caméra, votre micro et votre réseau\u202f: la page dit ce qui manque.\n\nPendant une session, quittez puis revenez dans la salle\u202f: le décompte reprend où il en était. Si la session a lieu maintenant, dites-le\u202f: nous répondons en premier.",
        "links": "Tester ma vidéo | /salle/test/\nLes questions sur la session vidéo | /aide/#session-video",
        "asks": ["session", "device", "browser"],
        "priority": HIGH,
        "target_hours": DAY,
    },
    "session-non-tenue": {
        "label": "Une session n’a pas eu lieu",
        "help": "Le paiement est bloqué pendant que chacun explique ce qui s’est passé. Dites-le vous-même depuis le dossier de la session.",
        "links": "Avis et litiges\u202f: comment nous décidons | /aide/#avis",
        "audience": "members",
        "asks": ["session"],
        "requires": ["session"],
        "leads_to": "not_held",
        "team": "moderation",
        "priority": HIGH,
        "target_hours": 2 * DAY,
    },
    "reclamation": {
        "label": "Une réclamation sur une session",
        "help": "Une réclamation suspend le virement au mentor pendant que nous l’examinons. Joignez ce qui aide à comprendre.",
        "links": "Avis et litiges\u202f: comment nous décidons | /aide/#avis",
        "audience": "members",
        "asks": ["session"],
        "requires": ["session"],
        "leads_to": "complaint",
        "team": "moderation",
        "priority": HIGH,
        "target_hours": 2 * DAY,
    },
    "paiement": {
        "label": "Un paiement ou mon crédit",
        "help": "La page «\u202fCrédit\u202f» montre chaque mouvement\u202f: ce qui est disponible, ce qui est bloqué et pour quelle session. Le temps qui n’a pas été utilisé revient à la fin de la session.\n\nSi vous avez été débité deux fois, ne payez pas à nouveau\u202f: donnez-nous la date et le montant.",
        "links": "Mon crédit | /credit/\nLes questions sur le paiement | /aide/#paiement",
        "asks": ["session", "day", "amount"],
        "team": "finance",
        "target_hours": 2 * DAY,
    },
    "facture": {
        "label": "Une facture ou un avoir",
        "help": "Vos factures et avoirs sont sur la page «\u202fFactures\u202f», en PDF. Une facture émise ne se modifie pas\u202f: une erreur se corrige par un avoir.",
        "links": "Mes factures | /factures/\nLes questions sur la facturation | /aide/#tarif",
        "asks": ["invoice"],
        "team": "finance",
    },
    "devenir-mentor": {
        "label": "Devenir mentor, ma demande",
        "help": "La page «\u202fDevenir mentor\u202f» montre ce qui manque à votre demande et où elle en est.",
        "links": "Ma demande | /profil/devenir-mentor/\nLes questions pour devenir mentor | /aide/#devenir-mentor",
        "asks": [],
    },
    "formation": {
        "label": "Mes formations et mes compétences",
        "help": "Une formation est lue par notre équipe avant d’être montrée\u202f; la remarque d’un refus se lit sur sa page. Une compétence qui manque se propose depuis votre offre.",
        "links": "Mon offre de formation | /profil/offre/\nLes questions sur l’offre | /aide/#offre",
        "audience": "mentors",
        "asks": ["training"],
    },
    "virement": {
        "label": "Un virement que j’attends",
        "help": "Un virement part entre 48 et 72 heures après la session\u202f; votre banque peut mettre quelques jours de plus. La page «\u202fRevenus\u202f» dit où en est chacun, et pourquoi s’il attend.",
        "links": "Mes revenus | /revenus/\nLes questions sur le tarif et la facturation | /aide/#tarif",
        "audience": "mentors",
        "asks": ["session", "amount"],
        "team": "finance",
        "priority": HIGH,
        "target_hours": 2 * DAY,
    },
    "stripe": {
        "label": "Mon compte Stripe",
        "help": "Stripe vérifie votre identité et votre compte bancaire. Ce qui lui manque est écrit dans «\u202fContact et facturation\u202f», avec le lien pour le compléter.",
        "links": "Contact et facturation | /profil/contact-facturation/",
        "audience": "mentors",
        "asks": [],
        "team": "finance",
    },
    "avis": {
        "label": "Un avis insultant ou diffamatoire",
        "help": "Nous retirons un avis insultant, diffamatoire ou illicite, ou qui ne parle pas de la session. Un avis sévère et honnête reste\u202f: vous pouvez y répondre.",
        "links": "Les règles des avis | /avis/regles/",
        "audience": "mentors",
        "asks": ["session"],
        "leads_to": "review_report",
        "team": "moderation",
        "target_hours": 2 * DAY,
    },
    "connexion": {
        "label": "Connexion, adresse ou mot de passe",
        "help": "Un mot de passe oublié se change en deux minutes. Si le message n’arrive pas, regardez dans les courriers indésirables.\n\nSi vous n’avez plus accès à votre adresse e-mail, écrivez-nous depuis la nouvelle en donnant l’ancienne.",
        "links": "Mot de passe oublié | /mot-de-passe/oublie/\nLes questions sur le compte | /aide/#compte",
        "asks": ["device", "browser"],
        "priority": HIGH,
        "target_hours": DAY,
    },
    "donnees": {
        "label": "Mes données personnelles",
        "help": "Vous pouvez demander à les voir, à les corriger, à les effacer ou à les recevoir. La loi nous donne un mois\u202f; nous répondons plus tôt.",
        "links": "Confidentialité | /confidentialite/\nMes préférences | /compte/preferences/",
        "asks": [],
        "team": "moderation",
    },
    "signalement": {
        "label": "Signaler un membre",
        "help": "Le plus court est de signaler un message depuis la conversation\u202f: nous voyons alors de quoi il s’agit. Vous pouvez aussi bloquer la personne\u202f: elle ne pourra plus vous écrire.\n\nEn cas de danger immédiat, appelez d’abord le 17 ou le 112.",
        "links": "Ma messagerie | /messagerie/\nLes questions sur les messages | /aide/#contact",
        "asks": ["person", "session", "place"],
        "team": "moderation",
        "priority": URGENT,
        "target_hours": DAY,
    },
    "juridique": {
        "label": "Contenu illicite ou question juridique",
        "help": "Pour signaler un contenu illicite, donnez l’adresse de la page et dites ce qui vous semble contraire à la loi. Nous accusons réception et motivons notre décision.",
        "links": "Mentions légales | /mentions-legales/",
        "asks": ["place"],
        "team": "moderation",
        "priority": HIGH,
        "target_hours": 2 * DAY,
    },
    "erreur": {
        "label": "Une erreur du site",
        "help": "Rechargez la page une fois\u202f: l’erreur passe souvent. Si elle revient, dites-nous ce que vous faisiez et la référence écrite sur la page.",
        "links": "",
        "asks": ["error", "place", "device", "browser"],
        "priority": HIGH,
        "target_hours": DAY,
    },
    "question": {
        "label": "Une question sur ma situation",
        "help": "La page d’aide répond aux questions les plus courantes et donne tous les délais. Si votre situation n’y est pas, décrivez-la.",
        "links": "Aide | /aide/\nTous les délais | /aide/#delais",
        "asks": ["session"],
    },
    "presse": {
        "label": "Presse et partenariats",
        "help": "Dites-nous pour quel média ou quelle organisation vous écrivez, et pour quand.",
        "links": "",
        "asks": ["day"],
        "target_hours": 5 * DAY,
    },
    "autre": {
        "label": "Autre",
        "help": "Le bon motif nous permet de vous répondre plus vite\u202f: la demande arrive à la bonne personne, et les plus urgentes passent en premier. Relisez la liste\u202f: peut-être qu’un motif convient.",
        "links": "Relire les motifs | /contact/\nAide | /aide/",
        "asks": ["session"],
        "is_last_resort": True,
    },
}


def add_motives(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    motive_model = apps.get_model("support", "Motive")
    for order, (slug, label, names) in enumerate(TREE, start=1):
        heading, _made = motive_model.objects.get_or_create(slug=slug, defaults={"label": label, "order": 10 * order})
        for place, name in enumerate(names, start=1):
            fields = {**MOTIVES[name], "parent": heading, "order": 10 * place}
            motive_model.objects.get_or_create(slug=name, defaults=fields)


class Migration(migrations.Migration):
    """The motives themselves go with their table."""

    dependencies = [("support", "0001_motives_and_tickets")]

    operations = [migrations.RunPython(add_motives, migrations.RunPython.noop)]
