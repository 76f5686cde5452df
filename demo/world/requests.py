"""What members and a visitor ask of the team."""

from uuid import uuid4

from accounts.models import User
from support.models import Motive
from support.services import answer, ask_more, assign, reply, resolve, send_ticket
from support.services.sending import Visitor


def settled_long_ago(mentor: User, staff: User) -> None:
    """A question and its answer."""
    ticket = send_ticket(
        by=mentor,
        motive=Motive.objects.get(slug="virement"),
        body="Bonjour, mon virement de la semaine dernière n’est pas encore sur mon compte. Est-il bien parti ?",
        client_id=uuid4(),
    )
    assign(ticket=ticket, by=staff, to=staff)
    words = "Bonjour Inès, il est parti de chez nous dans les temps. Votre banque l’affichera sous deux jours ouvrés."
    answer(ticket=ticket, by=staff, reason=words)
    reply(ticket=ticket, body="Je viens de le recevoir, merci !")
    resolve(ticket=ticket, by=staff, reason="Parfait. Bonnes sessions, Inès.")


def waiting(members: dict[str, User], staff: User) -> None:
    """What the team finds to do, and what it waits for."""
    asked = send_ticket(
        by=members["lea"],
        motive=Motive.objects.get(slug="technique"),
        body="Bonjour, pendant ma session d’hier ma caméra s’est coupée deux fois. Comment l’éviter demain ?",
        client_id=uuid4(),
        answers=[
            {"ask": "device", "label": "Appareil", "value": "Ordinateur", "reference": ""},
            {"ask": "browser", "label": "Navigateur", "value": "Firefox", "reference": ""},
        ],
    )
    question = "Bonjour Léa, pouvez-vous ouvrir «\u202fTester ma vidéo\u202f» et joindre une capture du résultat ?"
    ask_more(ticket=asked, by=staff, reason=question)
    send_ticket(
        by=members["awa"],
        motive=Motive.objects.get(slug="signalement"),
        body="Un membre me demande de le payer par virement, hors de Skilmi.",
        client_id=uuid4(),
        answers=[
            {"ask": "person", "label": "Personne concernée", "value": "Un membre rencontré hier", "reference": ""}
        ],
    )
    send_ticket(
        by=members["tom"],
        motive=Motive.objects.get(slug="facture"),
        body="Bonjour, puis-je avoir le nom de mon entreprise sur ma prochaine facture ?",
        client_id=uuid4(),
    )
    send_ticket(
        by=Visitor("Paul Durand", "paul.durand@example.net", "fr", "demo"),
        motive=Motive.objects.get(slug="question"),
        body="Bonjour, faut-il une carte bancaire pour essayer une session ?",
        client_id=uuid4(),
    )
