"""Stories in French."""

from newsbeam.newswire.names import CITIES, COUNTRIES, PEOPLE
from newsbeam.newswire.prose import Language, Subject

_SLOTS = {
    "country": COUNTRIES,
    "city": CITIES,
    "region": (
        "la Haute-Tarne",
        "la vallée de Karsh",
        "la Côte d'Ambre",
        "le bassin de Zhara",
        "la Basse-Averine",
    ),
    "person": PEOPLE,
    "day": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "firm": ("le groupe Norvik", "Halden et Fils", "Averin Télécom", "Tarne Logistique", "Ostra Marine"),
    "club": ("les Lions", "l'Olympique", "le Racing", "l'Étoile", "les Aiglons"),
    "work": (
        "La Route du sel",
        "Neuf hivers",
        "Une maison de verre",
        "Lettres à Tamsala",
        "Le Verger tranquille",
    ),
}

_PEACEKEEPING = Subject(
    frozenset({"peacekeeping"}),
    (
        "{n:200-900} casques bleus [arrivent|attendus] à {city}",
        "Maintien de la paix : {country} [promet|offre] {n:200-900} soldats",
        "La mission de maintien de la paix [prolongée|renforcée] dans {region}",
    ),
    (
        "Les premiers casques bleus de la mission sont arrivés {day} à {city}, ont annoncé les autorités.",
        "{country} enverra {n:200-900} soldats à la mission de maintien de la paix, a indiqué {day} son gouvernement.",
        "Des casques bleus patrouillent depuis {day} sur la route qui relie {city} à {city2}.",
    ),
    (
        "Les casques bleus disposeront de {n:12-60} postes et de {n:2-9} hôpitaux de campagne.",
        "« Les paysans doivent pouvoir retourner aux champs », a déclaré {person}, qui commande les casques bleus.",
        "Les habitants ont offert du pain et des pommes au passage des véhicules blancs.",
        "Le génie de la mission de maintien de la paix a remis en état {n:15-160} kilomètres de route.",
        "Les pays contributeurs relèveront leurs casques bleus tous les {n:4-12} mois.",
        "{surname} a rappelé que le maintien de la paix demande surtout de la patience.",
    ),
)

_SANCTIONS = Subject(
    frozenset({"sanctions"}),
    (
        "{country} [annonce|adopte] des sanctions contre {n:8-60} responsables",
        "Les sanctions contre {country2} prolongées de {n:6-18} mois",
        "{surname} conteste les sanctions visant {firm}",
    ),
    (
        "{country} a adopté {day} des sanctions contre {n:8-60} personnes et {n:3-20} entreprises établies en {country2}.",
        "Les ministres réunis à {city} ont prolongé de {n:6-18} mois les sanctions contre {country2}.",
        "De nouvelles sanctions gèlent les avoirs de {n:8-60} personnes, a-t-on appris {day} à {city}.",
    ),
    (
        "La liste des sanctions comprend deux banques et le propriétaire d'un chantier naval.",
        "« Les sanctions sont un outil, pas une politique », a expliqué {person}, conseiller à {city}.",
        "Les avocats du groupe visé par les sanctions saisiront la justice dans les {n:10-60} jours.",
        "Les douanes ont ouvert {n:20-200} dossiers pour contournement des sanctions depuis janvier.",
        "{surname} a précisé que les sanctions seraient réexaminées tous les {n:3-12} mois.",
        "Le prix des pièces détachées a déjà augmenté de {n:4-40} % à {city2}.",
    ),
)

_ELECTION = Subject(
    frozenset({"elections"}),
    (
        "[Élection|Élections] : {surname} en tête en {country}",
        "{country} aux urnes : participation de {n:55-88} % aux élections",
        "Élections en {country} : nouveau décompte dans {n:3-20} circonscriptions",
    ),
    (
        "Les électeurs de {country} ont voté {day} lors d'une élection que les instituts jugent trop serrée pour être prédite.",
        "{person} devançait {day} ses adversaires à l'élection présidentielle avec {n:41-53} % des suffrages.",
        "La participation aux élections législatives a atteint {n:55-88} %, selon la commission de {country}.",
    ),
    (
        "Les bureaux de vote de {city} sont restés ouverts plus longtemps, tant les files étaient longues.",
        "La campagne pour cette élection a surtout porté sur les loyers, les retraites et le rail.",
        "« Le vainqueur de l'élection devra gouverner avec ceux qu'il a insultés », a souligné {person2}.",
        "Les observateurs ont visité {n:120-900} bureaux et jugé le scrutin régulier.",
        "Le parti de {surname} avait obtenu {n:12-48} sièges aux dernières élections.",
        "Les résultats définitifs des élections sont attendus dans {n:2-9} jours.",
    ),
)

_FLOOD = Subject(
    frozenset({"floods"}),
    (
        "Inondations : {n:2-40} villages isolés dans {region}",
        "{city} les pieds dans l'eau après les inondations",
        "Inondations dans {region} : l'alerte [prolongée|maintenue]",
    ),
    (
        "Les inondations ont chassé {n:2-40} mille personnes de chez elles dans {region} après {n:3-9} jours de pluie.",
        "À {city}, des barques remplacent les autobus depuis les inondations de {day}.",
        "Des volontaires remplissaient {day} des sacs de sable à {city}, où les inondations menacent la vieille ville.",
    ),
    (
        "La rivière est montée de {n:2-6} mètres en {n:8-30} heures, plus vite que lors de toutes les inondations connues.",
        "« Le piano flottait, le chat s'en moquait », raconte {person}, sortie par la fenêtre.",
        "Une digue a cédé près de {city2} et l'eau s'est répandue sur {n:300-900} hectares.",
        "Les inondations ont coupé {n:4-30} routes et la ligne qui mène à la côte.",
        "Des pompes sont arrivées de {country2} avec {n:40-300} volontaires.",
        "{surname} a assuré que la crue passerait avant {day}.",
    ),
)

_SPORT = Subject(
    frozenset(),
    (
        "{city} bat {city2} {n:2-5}-{n:0-1} et prend la tête",
        "{surname} prolonge à {city} jusqu'en {y:2028-2031}",
        "{person} remporte la course de {city} en un temps record",
    ),
    (
        "{city} a pris {day} la tête du championnat en battant {city2} devant {n:9000-61000} spectateurs.",
        "{person} a marqué deux fois {day} pour {city} et a quitté la pelouse sous les bravos.",
        "Un but à la {n:85-94}e minute a offert le nul à {city}, {day}, sous la pluie fine.",
    ),
    (
        "L'entraîneur {person2} a changé de gardien à la pause et l'a félicité ensuite.",
        "{surname} compte désormais {n:8-30} buts cette saison, plus que tout autre milieu.",
        "La partie a été interrompue {n:2-9} minutes par un pigeon installé dans la surface.",
        "Les supporters ont chanté longtemps et les tramways ont roulé une heure de plus.",
        "« Nous avons répété ce corner pendant un mois », a dit {surname} en riant.",
        "Le match retour aura lieu {day}, et les deux capitaines devraient être rétablis.",
    ),
)

_CULTURE = Subject(
    frozenset(),
    (
        "« {work} » primé au festival de {city}",
        "Le musée de {city} rouvre avec {n:80-600} tableaux",
        "{person} dirigera l'orchestre de {city}",
    ),
    (
        "« {work} », un film de {person}, a reçu {day} le grand prix du festival de {city}.",
        "Le musée de {city} a rouvert {day} avec {n:80-600} tableaux, dont beaucoup sont inédits.",
        "{person} prendra à l'automne la direction de l'orchestre de {city}, a annoncé {day} la maison.",
    ),
    (
        "Le jury a loué la photographie, les silences et le jeu d'un amateur de {n:60-90} ans.",
        "« J'ai voulu filmer le temps qu'il fait comme un personnage », a confié {surname}.",
        "Les billets des {n:12-40} premières soirées sont partis en {n:2-9} heures.",
        "Le bâtiment, un ancien entrepôt de sucre, a été restauré pendant {n:3-12} ans.",
        "La critique est partagée : un chef-d'œuvre pour l'un, {n:2-4} heures bien longues pour l'autre.",
        "Une traduction en {n:6-30} langues est en préparation.",
    ),
)

_COMMON = (
    "L'annonce est tombée peu après {n:7-11} heures du matin et a surpris ceux qui l'attendaient plus tard.",
    "La radio locale de {city} a interrompu sa musique pour lire le communiqué.",
    "Les journalistes ont reçu un dossier de {n:4-30} pages et une carte à ne pas plier.",
    "{person} n'a pas souhaité répondre au téléphone.",
    "Un porte-parole a promis des précisions pour {day}.",
    "Dans les cafés de {city}, on en parlait dès le premier café.",
    "Ces chiffres n'ont pas pu être vérifiés de façon indépendante.",
    "{country} compte {n:2-60} millions d'habitants et partage une longue frontière avec {country2}.",
    "Le journal de la région y consacre toute sa première page.",
    "« Il ne faut pas promettre plus qu'on ne peut porter », a dit {person2}, juge à la retraite.",
    "La route de {city} à {city2} était plus chargée que d'habitude.",
    "Des photographies prises à {city} montrent un ciel gris et quelques imperméables.",
    "Le soir venu, la grande place de {city} avait retrouvé son calme.",
    "Les coûts, estimés à {n:3-90} millions, seront partagés avec les provinces.",
)

FRENCH = Language(
    "fr",
    {
        "peacekeeping": _PEACEKEEPING,
        "sanctions": _SANCTIONS,
        "election": _ELECTION,
        "flood": _FLOOD,
        "sport": _SPORT,
        "culture": _CULTURE,
    },
    _COMMON,
    _SLOTS,
    thousands="\u00a0",
)
