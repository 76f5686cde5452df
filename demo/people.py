"""The people of the demo world. All invented; their company numbers are valid in form only."""

from dataclasses import dataclass, field

from demo.portraits import Look

PASSWORD = "skilmi-demo"  # noqa: S105  (printed by the demo; its data is invented)


@dataclass(frozen=True)
class TrainingData:
    skill: str
    title: str
    description: str
    minutes: int = 60


@dataclass(frozen=True)
class ReviewData:
    """A past session with this mentor: who came, what for, how long it lasted, what was said of it."""

    author: str
    mark: int
    comment: str
    days_ago: int
    billed_minutes: int


@dataclass(frozen=True)
class MentorData:
    email: str
    first_name: str
    last_name: str
    headline: str
    position: str
    education: str
    presentation: str
    languages: str
    skills: tuple[str, ...]
    rate_cents: int
    siren: str
    city: str
    postcode: str
    address: str
    look: Look
    is_registered_for_vat: bool = False
    week: tuple[tuple[int, str, str], ...] = ()
    trainings: tuple[TrainingData, ...] = ()
    reviews: tuple[ReviewData, ...] = ()


@dataclass(frozen=True)
class LearnerData:
    email: str
    first_name: str
    last_name: str
    headline: str
    look: Look
    skills: tuple[str, ...] = field(default=())


MENTORS: tuple[MentorData, ...] = (
    MentorData(
        email="mentor@skilmi.example",
        first_name="Inès",
        last_name="Haddad",
        headline="Analyse de données, Python et tableaux de bord",
        position="Analyste de données indépendante, Nantes",
        education="Master statistique appliquée, Université de Nantes\nDix ans en agence puis à mon compte",
        presentation=(
            "J’aide les équipes à comprendre leurs chiffres, et les personnes à ne plus en avoir peur.\n\n"
            "En session, vous tenez le clavier. Je pose des questions, je montre une fois, vous refaites. "
            "Apportez votre vrai fichier : on apprend mieux sur ses propres données."
        ),
        languages="Français, anglais",
        skills=("Analyse de données", "Python", "Tableur"),
        rate_cents=4700,
        siren="000000018",
        city="Nantes",
        postcode="44000",
        address="8 rue des Carmes",
        look=Look("#dcd3c4", "#c58f68", "#a06f4b", "#2b1d18", "#37564f", "long"),
        is_registered_for_vat=True,
        week=((1, "09:00", "12:00"), (3, "14:00", "18:30")),
        trainings=(
            TrainingData(
                "Python",
                "Python pour les gens qui font des tableaux",
                "Lire un fichier, le nettoyer, en tirer un graphique : le chemin complet, sur votre propre fichier. "
                "Aucune expérience de programmation demandée.",
                90,
            ),
            TrainingData(
                "Analyse de données",
                "Un tableau de bord qui se lit en dix secondes",
                "Choisir trois indicateurs, jeter les autres, dessiner le reste. Nous partons de votre tableau actuel.",
            ),
        ),
        reviews=(
            ReviewData(
                "lea",
                5,
                "En une heure, Inès a trouvé pourquoi mon tableau ne disait rien, et m’a laissé refaire le travail "
                "moi-même.",
                9,
                55,
            ),
            ReviewData(
                "tom",
                4,
                "Très claire, va à l’essentiel. J’aurais aimé un résumé écrit à la fin.",
                5,
                42,
            ),
        ),
    ),
    MentorData(
        email="malik@skilmi.example",
        first_name="Malik",
        last_name="Sarr",
        headline="Négociation commerciale et prise de poste",
        position="Directeur commercial, puis formateur",
        education="École de commerce de Lille",
        presentation=(
            "Quinze ans à négocier pour les autres. Je vous aide à préparer la conversation que vous repoussez : "
            "une augmentation, un client difficile, un premier contrat. Nous la jouons jusqu’à ce qu’elle soit simple."
        ),
        languages="Français, wolof, anglais",
        skills=("Négociation", "Management"),
        rate_cents=6200,
        siren="000000026",
        city="Lille",
        postcode="59000",
        address="21 rue de Béthune",
        look=Look("#cfd6d2", "#8c5a3c", "#6d432b", "#1d1614", "#8a6a4a", "fringe", beard=True),
        week=((0, "18:00", "21:00"), (1, "18:00", "21:00"), (2, "18:00", "21:00")),
        trainings=(
            TrainingData(
                "Négociation",
                "Demander une augmentation sans trembler",
                "Préparer son dossier, choisir le moment, tenir le silence. Deux répétitions filmées de mémoire.",
            ),
        ),
        reviews=(
            ReviewData(
                "awa",
                5,
                "Malik ne donne pas de recettes. Il écoute, puis il pose la question que j’évitais.",
                12,
                60,
            ),
        ),
    ),
    MentorData(
        email="samira@skilmi.example",
        first_name="Samira",
        last_name="Belkacem",
        headline="Comptabilité des petites entreprises",
        position="Expert-comptable à Lyon",
        education="Diplôme d’expertise comptable",
        presentation=(
            "La comptabilité n’est pas une punition. Nous ouvrons vos papiers ensemble, nous rangeons, "
            "et vous repartez en sachant quoi faire chaque mois, en vingt minutes."
        ),
        languages="Français, arabe",
        skills=("Comptabilité", "Tableur"),
        rate_cents=5500,
        siren="000000034",
        city="Lyon",
        postcode="69003",
        address="14 cours Lafayette",
        look=Look("#e2dace", "#c58f68", "#a06f4b", "#4f6b73", "#39434d", "scarf"),
        is_registered_for_vat=True,
        week=((0, "09:00", "12:00"), (4, "09:00", "17:00")),
        reviews=(
            ReviewData(
                "tom",
                5,
                "Mes trois années de retard tenaient dans une boîte. Plus maintenant.",
                16,
                60,
            ),
        ),
    ),
    MentorData(
        email="hugo@skilmi.example",
        first_name="Hugo",
        last_name="Lemaire",
        headline="Anglais oral, entretiens et présentations",
        position="Professeur d’anglais, ancien interprète",
        education="Master d’interprétation, Strasbourg",
        presentation=(
            "On parle dès la première minute. Je note vos phrases, pas vos fautes, et nous les polissons à la fin. "
            "Spécialité : l’entretien d’embauche en anglais."
        ),
        languages="Français, anglais, allemand",
        skills=("Anglais oral", "Prise de parole"),
        rate_cents=3400,
        siren="000000042",
        city="Strasbourg",
        postcode="67000",
        address="3 quai des Bateliers",
        look=Look(
            "#d5d3c6",
            "#e9c3a6",
            "#c99a7a",
            "#6b4a2f",
            "#33475e",
            "fringe",
            glasses=True,
        ),
        week=tuple((day, "12:00", "14:00") for day in range(5)),
        trainings=(
            TrainingData(
                "Anglais oral",
                "L’entretien d’embauche en anglais",
                "Quatre entretiens joués, du plus simple au plus rude, avec vos vraies questions.",
                90,
            ),
        ),
        reviews=(
            ReviewData(
                "tom",
                5,
                "Je préparais un entretien depuis trois semaines. Nous l’avons joué quatre fois. Le jour venu, "
                "j’étais calme.",
                20,
                60,
            ),
            ReviewData("lea", 4, "Patient et drôle. On oublie qu’on parle anglais.", 3, 30),
        ),
    ),
    MentorData(
        email="claire@skilmi.example",
        first_name="Claire",
        last_name="Vasseur",
        headline="Couture et patronage sur mesure",
        position="Patronnière à Roubaix",
        education="CAP métiers de la mode",
        presentation=(
            "Trente ans d’atelier. Montrez-moi votre vêtement à la caméra, je vous dis où il tire et pourquoi. "
            "On reprend le patron ensemble."
        ),
        languages="Français",
        skills=("Couture",),
        rate_cents=3000,
        siren="000000059",
        city="Roubaix",
        postcode="59100",
        address="47 rue de l’Épeule",
        look=Look("#e0d8cf", "#f1d3bd", "#d3a98d", "#8b8680", "#5b4a5e", "long", glasses=True),
        week=((2, "10:00", "18:00"), (5, "09:00", "12:00")),
        trainings=(
            TrainingData(
                "Couture",
                "Un pantalon qui tombe bien",
                "Prendre ses mesures, corriger la fourche, monter une braguette sans larmes.",
                120,
            ),
        ),
        reviews=(
            ReviewData(
                "awa",
                5,
                "Elle a vu l’erreur à travers l’écran, en trois secondes.",
                7,
                48,
            ),
        ),
    ),
    MentorData(
        email="noah@skilmi.example",
        first_name="Noah",
        last_name="Petit",
        headline="Développement web avec Django",
        position="Développeur indépendant",
        education="Licence informatique, Rennes",
        presentation="Relecture de code, mise en ligne, tests : nous avançons sur votre projet, ligne par ligne.",
        languages="Français, anglais",
        skills=("Python", "Développement web"),
        rate_cents=5800,
        siren="000000067",
        city="Rennes",
        postcode="35000",
        address="5 rue Saint-Malo",
        look=Look("#dfd6c9", "#e9c3a6", "#c99a7a", "#7a3f24", "#46566b", "curls"),
        week=((3, "18:00", "21:00"),),
    ),
    MentorData(
        email="aminata@skilmi.example",
        first_name="Aminata",
        last_name="Diop",
        headline="Mathématiques, du collège au concours",
        position="Professeure agrégée",
        education="Agrégation de mathématiques",
        presentation="Je cherche l’endroit exact où ça coince. Souvent, il est deux années plus tôt, et il est petit.",
        languages="Français",
        skills=("Mathématiques", "Physique"),
        rate_cents=4200,
        siren="000000075",
        city="Marseille",
        postcode="13006",
        address="60 rue Paradis",
        look=Look("#d9dcd0", "#6b4330", "#523021", "#17110f", "#a3593f", "bun"),
        week=((2, "14:00", "19:00"), (5, "10:00", "16:00")),
        reviews=(ReviewData("lea", 5, "Enfin compris les limites. En quarante minutes.", 14, 40),),
    ),
    MentorData(
        email="paul@skilmi.example",
        first_name="Paul",
        last_name="Renaud",
        headline="Photographie de portrait et lumière naturelle",
        position="Photographe",
        education="École des Gobelins",
        presentation="Envoyez-moi dix images avant la session. Nous les regardons, et nous parlons de lumière.",
        languages="Français, espagnol",
        skills=("Photographie",),
        rate_cents=4000,
        siren="000000083",
        city="Bordeaux",
        postcode="33000",
        address="12 rue du Loup",
        look=Look("#cdd4d6", "#e9c3a6", "#c99a7a", "#2f2622", "#6d5a43", "cropped", beard=True),
    ),
    MentorData(
        email="jeanne@skilmi.example",
        first_name="Jeanne",
        last_name="Morel",
        headline="Piano, déchiffrage et jazz débutant",
        position="Pianiste et enseignante",
        education="Conservatoire de Toulouse",
        presentation="Deux caméras valent mieux qu’une : votre visage et vos mains. Je m’occupe du reste.",
        languages="Français",
        skills=("Piano",),
        rate_cents=3800,
        siren="000000091",
        city="Toulouse",
        postcode="31000",
        address="9 rue des Filatiers",
        look=Look("#d8cfd2", "#f0d6c4", "#d6b09a", "#b08a4e", "#6a3d4a", "long_fringe"),
        week=((0, "16:00", "20:00"), (2, "16:00", "20:00")),
    ),
    MentorData(
        email="isaac@skilmi.example",
        first_name="Isaac",
        last_name="Mensah",
        headline="Gestion de projet et équipes à distance",
        position="Chef de projet",
        education="Université de Lyon",
        presentation="Un projet en retard se répare souvent en une réunion. Préparons-la.",
        languages="Français, anglais",
        skills=("Gestion de projet", "Prise de parole"),
        rate_cents=5000,
        siren="000000109",
        city="Grenoble",
        postcode="38000",
        address="2 place Grenette",
        look=Look(
            "#cbd3c8",
            "#7a4e36",
            "#5d3926",
            "#14100e",
            "#3d5a73",
            "cropped",
            glasses=True,
        ),
        week=((1, "08:00", "10:00"), (3, "08:00", "10:00")),
    ),
    MentorData(
        email="bernard@skilmi.example",
        first_name="Bernard",
        last_name="Caron",
        headline="Écrire : lettres, rapports, premier roman",
        position="Éditeur à la retraite",
        education="Lettres classiques, Sorbonne",
        presentation="Je lis, je raye, j’explique pourquoi. Puis vous recommencez, et c’est meilleur.",
        languages="Français",
        skills=("Écriture",),
        rate_cents=3500,
        siren="000000117",
        city="Paris",
        postcode="75011",
        address="31 rue Oberkampf",
        look=Look(
            "#ded8cc",
            "#eccab0",
            "#cda283",
            "#d6d1ca",
            "#5c6650",
            "bald",
            glasses=True,
            beard=True,
        ),
        reviews=(
            ReviewData(
                "awa",
                4,
                "Sévère et juste. Mon rapport fait moitié moins de pages.",
                11,
                60,
            ),
        ),
    ),
    MentorData(
        email="mei@skilmi.example",
        first_name="Mei",
        last_name="Laurent",
        headline="Cuisine de tous les jours, couteaux compris",
        position="Cheffe à domicile",
        education="CAP cuisine",
        presentation="Posez le téléphone face à la planche. Nous cuisinons votre dîner, ensemble, en direct.",
        languages="Français, mandarin",
        skills=("Cuisine",),
        rate_cents=3200,
        siren="000000125",
        city="Tours",
        postcode="37000",
        address="18 rue Colbert",
        look=Look("#d3d7dd", "#e3b892", "#c0916b", "#171412", "#7b5b3a", "parted"),
        week=((4, "17:00", "20:00"), (5, "10:00", "13:00")),
    ),
)

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
CANDIDATE_EMAIL = "candidat@skilmi.example"
