"""What invented members write. Sentences are put together from these parts; all is invented."""

FIRST_NAMES = (
    "Inès", "Karim", "Léa", "Tom", "Awa", "Claire", "Hugo", "Nadia", "Louis", "Sofia", "Paul", "Camille", "Yanis",
    "Julie", "Adrien", "Fatou", "Marc", "Élodie", "Samir", "Anaïs", "Théo", "Manon", "Olivier", "Lina", "Quentin",
    "Aurélie", "Mehdi", "Chloé", "Bastien", "Zoé", "Romain", "Salomé", "Denis", "Maëlle", "Idriss", "Hélène",
    "Gaël", "Mireille", "Xavier", "Noémie", "Étienne", "Sarah", "Loïc", "Amel", "Vincent", "Capucine", "Rachid",
    "Joséphine", "Benoît", "Agathe", "Malik", "Valérie", "Clément", "Ophélie", "Thierry", "Myriam", "Baptiste",
    "Solène", "Damien", "Assia",
)  # fmt: skip
LAST_NAMES = (
    "Martin", "Haddad", "Rivière", "Benali", "Ndiaye", "Lefèvre", "Moreau", "Garnier", "Chevalier", "Roussel",
    "Fontaine", "Barbier", "Morin", "Dufour", "Meunier", "Brun", "Giraud", "Leclerc", "Renaud", "Carpentier",
    "Dumas", "Fabre", "Guérin", "Lambert", "Mercier", "Perrin", "Blanchard", "Marchand", "Aubert", "Colin",
    "Vidal", "Baron", "Picard", "Caron", "Joly", "Gauthier", "Rolland", "Bertin", "Jacquet", "Delorme", "Poulain",
    "Vasseur", "Lacroix", "Tessier", "Bouvier", "Hamon", "Traoré", "Diallo", "Benoist", "Nguyen", "Cohen",
    "Schmitt", "Masson", "Guillot", "Pichon", "Chartier", "Delattre", "Lebrun", "Prévost", "Besson", "Maillard",
    "Cordier", "Mahé", "Le Goff", "Keller", "Laurent", "Michel", "Simon", "Dupuy", "Legrand", "Boyer", "Arnaud",
    "Humbert", "Weber", "Leroy", "Royer",
)  # fmt: skip
CITIES = (
    ("Nantes", "44000"),
    ("Lyon", "69003"),
    ("Paris", "75011"),
    ("Lille", "59000"),
    ("Rennes", "35000"),
    ("Toulouse", "31000"),
    ("Marseille", "13006"),
    ("Bordeaux", "33000"),
    ("Strasbourg", "67000"),
    ("Grenoble", "38000"),
)
STREETS = ("rue des Carmes", "rue des Tilleuls", "avenue de la Gare", "place du Marché", "rue Victor-Hugo")
LANGUAGES = ("Français", "Français, anglais", "Français, anglais, espagnol", "Français, arabe", "Français, allemand")

# What people come to do, by skill.
TASKS: dict[str, tuple[str, ...]] = {
    "Analyse de données": ("nettoyer un fichier de ventes", "choisir les bons indicateurs", "lire un sondage"),
    "Python": ("automatiser un fichier de tableur", "écrire un premier script", "comprendre les erreurs de pandas"),
    "SQL": ("écrire une jointure sans erreur", "accélérer une requête lente", "interroger une base de clients"),
    "Visualisation de données": ("dessiner un graphique honnête", "monter un tableau de bord"),
    "Développement web": ("mettre une page en ligne", "déboguer un formulaire", "apprendre Django pas à pas"),
    "Intelligence artificielle": ("entraîner un premier modèle", "juger les réponses d’un assistant"),
    "Cybersécurité": ("protéger ses mots de passe", "lire un journal de serveur", "préparer un audit"),
    "Design d’interface": ("refaire un parcours d’achat", "préparer une maquette Figma"),
    "Photographie": ("régler son appareil à la main", "retoucher un portrait", "photographier de nuit"),
    "Montage vidéo": ("monter une interview", "étalonner une séquence"),
    "Dessin": ("poser une perspective", "croquer un visage", "ombrer au fusain"),
    "Illustrator": ("tracer un logo vectoriel", "préparer un fichier pour l’imprimeur"),
    "Anglais oral": ("parler sans traduire", "répéter une présentation", "préparer un voyage"),
    "Anglais professionnel": ("mener une réunion en anglais", "écrire un courriel clair"),
    "Espagnol": ("reprendre la conversation", "préparer un oral d’espagnol"),
    "Allemand": ("maîtriser les déclinaisons", "converser avec un client allemand"),
    "Français langue étrangère": ("préparer le DELF B2", "corriger sa prononciation"),
    "Comptabilité": ("tenir ses comptes de micro-entreprise", "lire un bilan", "préparer sa TVA"),
    "Gestion de projet": ("tenir un planning", "animer une réunion de lancement"),
    "Négociation": ("défendre son prix", "préparer un entretien annuel"),
    "Création d’entreprise": ("choisir un statut", "bâtir un prévisionnel", "rencontrer sa banque"),
    "Tableur": ("réussir un tableau croisé dynamique", "chercher avec RECHERCHEX dans Excel"),
    "Entretien d’embauche": ("s’entraîner aux questions difficiles", "raconter son parcours"),
    "Prise de parole": ("vaincre le trac", "tenir une salle de cent personnes"),
    "Management": ("recadrer sans blesser", "conduire un premier entretien d’équipe"),
    "Reconversion": ("faire le bilan de ses envies", "financer une formation"),
    "Rédaction de CV": ("refaire un CV d’une page", "écrire une lettre qui se lit"),
    "Rédaction web": ("écrire un article utile", "trouver le ton d’une infolettre"),
    "Référencement": ("choisir ses mots clés", "lire la Search Console"),
    "Réseaux sociaux": ("bâtir un calendrier éditorial", "animer une page Instagram"),
    "Stratégie de marque": ("trouver un nom", "écrire une plateforme de marque"),
    "Couture": ("poser une fermeture éclair", "ajuster un patron", "coudre une première jupe"),
    "Cuisine": ("réussir une pâte feuilletée", "cuisiner pour la semaine"),
    "Jardinage": ("tailler des rosiers", "démarrer un potager au balcon"),
    "Menuiserie": ("assembler à tenon et mortaise", "restaurer une chaise"),
    "Bricolage": ("poser une étagère", "réparer une fuite"),
    "Guitare": ("changer d’accord sans regarder", "jouer un premier blues"),
    "Piano": ("lire deux portées", "travailler une étude de Czerny"),
    "Chant": ("poser son souffle", "préparer une audition"),
    "Écriture": ("finir une nouvelle", "tenir un point de vue"),
    "Théâtre": ("travailler une scène", "préparer un concours"),
    "Mathématiques": ("reprendre les dérivées", "préparer le bac", "comprendre les matrices"),
    "Statistiques": ("choisir un test", "lire une régression"),
    "Physique": ("résoudre un exercice de mécanique", "préparer un concours d’ingénieur"),
    "Méthodologie universitaire": ("bâtir un plan de mémoire", "tenir une bibliographie"),
}
OTHER_TASKS = ("débuter sans se perdre", "progresser sur un projet à vous")

POSITIONS = (
    "Indépendante",
    "Indépendant",
    "En poste dans une PME",
    "En agence",
    "Dans une association",
    "À la retraite",
)
SCHOOLS = (
    "Master, Université de Nantes",
    "École de Rennes",
    "BTS puis dix ans de métier",
    "Licence, Lyon",
    "Autodidacte",
)
WAYS = (
    "En session, vous tenez le clavier. Je pose des questions, je montre une fois, vous refaites.",
    "Nous partons de votre travail, jamais d’un exemple tout fait.",
    "Je prépare chaque heure avec ce que vous m’écrivez la veille.",
    "On avance à votre vitesse, avec un résumé écrit à la fin.",
    "J’aime les débutants : ils posent les vraies questions.",
)
COMMENTS = (
    "Très clair, va à l’essentiel. Je repars avec un plan.",
    "Une heure a suffi là où je bloquais depuis des semaines.",
    "Patient et précis. J’aurais aimé un peu plus d’exercices.",
    "Excellente préparation, exemples tirés de mon propre travail.",
    "Bon échange, son un peu faible au début.",
)
OPENINGS = (
    "Bonjour, je voudrais avancer sur ce sujet. Auriez-vous une heure la semaine prochaine ?",
    "Bonjour, votre page m’a donné envie d’essayer. Par où commencer ?",
)
ANSWERS = (
    "Bonjour, avec plaisir. Qu’avez-vous déjà essayé ?",
    "Bonjour, mardi ou jeudi en fin de journée me conviennent.",
)
TURNS = (
    "J’ai suivi un tutoriel, mais mes fichiers ne ressemblent pas à l’exemple.",
    "Envoyez-m’en un, je le lirai avant la session.",
    "Merci, c’est noté. Je prépare aussi mes questions.",
    "Parfait. Une heure devrait suffire pour cette première fois.",
)
