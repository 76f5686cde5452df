"""Learners, a candidate and the team."""

from demo.people.data import LearnerData, MentorData
from demo.portraits import Look

LEARNERS: dict[str, LearnerData] = {
    "lea": LearnerData(
        "apprenant@skilmi.example",
        "Léa",
        "Martin",
        "Chargée de communication, je découvre les données",
        Look("#e6dccb", "#f0d0b8", "#d2a88c", "#5a3a24", "#7a4a52", "long_fringe"),
    ),
    "tom": LearnerData(
        "tom@skilmi.example",
        "Tom",
        "Rivière",
        "En reconversion",
        Look("#d2d8d0", "#e5bd9c", "#c3946f", "#3a2a1e", "#4a5a70", "fringe"),
    ),
    "awa": LearnerData(
        "awa@skilmi.example",
        "Awa",
        "Ndiaye",
        "Artisane, j’ouvre ma boutique",
        Look("#dcd8cc", "#7a4e36", "#5d3926", "#1a1310", "#8a5a6a", "curls"),
        skills=("Couture",),
    ),
}

STAFF_EMAIL = "equipe@skilmi.example"

CANDIDATE = MentorData(
    email="candidat@skilmi.example",
    first_name="Sofia",
    last_name="Garnier",
    headline="Espagnol oral et écrit",
    position="Traductrice",
    education="Licence d’espagnol, Bordeaux",
    presentation="Je prépare aux examens et aux voyages, en conversation.",
    languages="Français, espagnol",
    skills=("Espagnol",),
    rate_cents=3600,
    siren="000000133",
    city="Bayonne",
    postcode="64100",
    address="4 rue d’Espagne",
    look=Look("#e3d9d2", "#e6bb99", "#c4946d", "#3b2418", "#7d4652", "bun"),
)
