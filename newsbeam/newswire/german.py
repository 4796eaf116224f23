"""Stories in German."""

from newsbeam.newswire.names import CITIES, COUNTRIES, PEOPLE
from newsbeam.newswire.prose import Language, Subject

_SLOTS = {
    "country": COUNTRIES,
    "city": CITIES,
    "region": ("Obertarn", "im Karshtal", "Ostmark-Averin", "im Zharabecken", "Südmoor"),
    "person": PEOPLE,
    "day": (
        "am Montag",
        "am Dienstag",
        "am Mittwoch",
        "am Donnerstag",
        "am Freitag",
        "am Samstag",
        "am Sonntag",
    ),
    "firm": ("Norvik", "Halden und Söhne", "Averin Telekom", "Tarn Logistik", "Ostra Marine"),
    "work": (
        "Die Salzstraße",
        "Neun Winter",
        "Ein Haus aus Glas",
        "Briefe nach Tamsala",
        "Der stille Obstgarten",
    ),
}

_SANCTIONS = Subject(
    frozenset({"sanctions"}),
    (
        "{country} [beschließt|verhängt] Sanktionen gegen {n:8-60} Personen",
        "Sanktionen gegen {country2} um {n:6-18} Monate verlängert",
        "{firm} klagt gegen Sanktionen",
    ),
    (
        "{country} hat {day} Sanktionen gegen {n:8-60} Personen und {n:3-20} Unternehmen aus {country2} verhängt.",
        "Die Minister haben {day} in {city} beschlossen, die Sanktionen gegen {country2} um {n:6-18} Monate zu verlängern.",
        "Neue Sanktionen sperren die Konten von {n:8-60} Personen, wie {day} in {city} bekannt wurde.",
    ),
    (
        "Auf der Liste der Sanktionen stehen zwei Banken und der Eigentümer einer Werft.",
        "„Sanktionen sind ein Werkzeug, keine Politik“, sagte {person}, Berater im Ministerium.",
        "Die Anwälte von {firm} wollen binnen {n:10-60} Tagen gegen die Sanktionen klagen.",
        "Der Zoll ermittelt in {n:20-200} Fällen wegen Umgehung der Sanktionen.",
        "{surname} sagte, die Sanktionen würden alle {n:3-12} Monate überprüft.",
        "Ersatzteile sind in {city2} bereits um {n:4-40} Prozent teurer geworden.",
    ),
)

_ELECTION = Subject(
    frozenset({"elections"}),
    (
        "{country} wählt: Wahlbeteiligung bei {n:55-88} Prozent",
        "Parlamentswahl in {country}: {surname} liegt vorn",
        "Neuauszählung nach Präsidentschaftswahl in {country}",
    ),
    (
        "In {country} hat {day} eine Parlamentswahl stattgefunden, deren Ausgang als völlig offen gilt.",
        "{person} liegt nach der Präsidentschaftswahl in {country} mit {n:41-53} Prozent vorn, wie {day} mitgeteilt wurde.",
        "Die Wahlbeteiligung bei der Parlamentswahl in {country} lag {day} bei {n:55-88} Prozent.",
    ),
    (
        "Die Wahllokale in {city} blieben länger offen, weil die Schlangen um den Block reichten.",
        "Im Wahlkampf ging es vor allem um Mieten, Renten und die Bahn.",
        "„Wer diese Parlamentswahl gewinnt, muss mit denen regieren, die er beleidigt hat“, sagte {person2}.",
        "Beobachter besuchten {n:120-900} Wahllokale und nannten den Ablauf geordnet.",
        "Die Partei von {surname} gewann bei der vorigen Parlamentswahl {n:12-48} Sitze.",
        "Das Endergebnis soll in {n:2-9} Tagen vorliegen.",
    ),
)

_FLOOD = Subject(
    frozenset({"floods"}),
    (
        "Hochwasser schneidet {n:8-60} Dörfer ab",
        "Hochwasser erreicht Altstadt von {city}",
        "{city} verstärkt Deiche gegen das Hochwasser",
    ),
    (
        "Das Hochwasser hat {day} {n:2-40} tausend Menschen nahe {city} aus ihren Häusern getrieben.",
        "In der Altstadt von {city} stand das Hochwasser {day} {n:1-3} Meter hoch, Boote ersetzten die Busse.",
        "Soldaten füllten {day} in {city} Sandsäcke, weil der Scheitel des Hochwassers noch bevorsteht.",
    ),
    (
        "Der Fluss stieg in {n:8-30} Stunden um {n:2-6} Meter, schneller als bei jedem Hochwasser zuvor.",
        "„Das Klavier schwamm, der Katze war es gleich“, sagte {person} nach der Flucht durchs Fenster.",
        "Bei {city2} brach nachts ein Deich, das Hochwasser bedeckt {n:300-900} Hektar Ackerland.",
        "Wegen des Hochwassers sind {n:4-30} Straßen und die Strecke zur Küste gesperrt.",
        "Aus {country2} kamen Pumpen und {n:40-300} Freiwillige.",
        "{surname} erwartet, dass das Hochwasser bald zurückgeht.",
    ),
)

_SPORT = Subject(
    frozenset(),
    (
        "{city} schlägt {city2} {n:2-5}:{n:0-1} und ist Erster",
        "{surname} verlängert in {city} bis {y:2028-2031}",
        "{person} gewinnt Lauf in {city} mit Rekord",
    ),
    (
        "{city} hat {day} vor {n:9000-61000} Zuschauern gegen {city2} gewonnen und die Tabellenführung übernommen.",
        "{person} traf {day} zweimal für {city} und wurde auf Schultern vom Platz getragen.",
        "Ein Tor in der {n:85-94}. Minute brachte {city} {day} ein Unentschieden, das der Trainer verdient nannte.",
    ),
    (
        "Trainer {person2} wechselte zur Pause den Torwart und lobte ihn danach.",
        "{surname} hat in dieser Saison {n:8-30} Tore erzielt, mehr als jeder andere im Mittelfeld.",
        "Das Spiel ruhte {n:2-9} Minuten, weil eine Taube den Strafraum nicht verlassen wollte.",
        "Die Anhänger sangen noch lange, und die Straßenbahnen fuhren eine Stunde länger.",
        "„Diese Ecke haben wir einen Monat lang geübt“, sagte {surname} lachend.",
        "Das Rückspiel findet {day} statt, beide Kapitäne sollen dann wieder fit sein.",
    ),
)

_CULTURE = Subject(
    frozenset(),
    (
        "„{work}“ gewinnt Preis in {city}",
        "Museum in {city} zeigt {n:80-600} Gemälde",
        "{person} leitet künftig Orchester in {city}",
    ),
    (
        "„{work}“, ein Film von {person}, hat {day} den Hauptpreis des Festivals in {city} erhalten.",
        "Das Museum in {city} hat {day} mit {n:80-600} Gemälden wieder geöffnet, viele waren nie zu sehen.",
        "{person} wird im Herbst das Orchester von {city} leiten, teilte das Haus {day} mit.",
    ),
    (
        "Die Jury lobte die Kamera, die Stille und einen {n:60-90} Jahre alten Laien.",
        "„Ich wollte das Wetter wie eine Figur filmen“, sagte {surname}.",
        "Die Karten für die ersten {n:12-40} Abende waren in {n:2-9} Stunden vergriffen.",
        "Das Haus, früher ein Zuckerlager, wurde {n:3-12} Jahre lang restauriert.",
        "Die Kritik schwankte zwischen Meisterwerk und {n:2-4} sehr langen Stunden.",
        "Eine Übersetzung in {n:6-30} Sprachen wird vorbereitet.",
    ),
)

_COMMON = (
    "Die Mitteilung kam kurz nach {n:7-11} Uhr und überraschte viele, die sie später erwartet hatten.",
    "Das Lokalradio in {city} unterbrach die Musik, um den Text zu verlesen.",
    "Journalisten erhielten eine Mappe mit {n:4-30} Seiten und eine Karte, die nicht gefaltet werden sollte.",
    "{person} wollte sich am Telefon nicht äußern.",
    "Ein Sprecher kündigte für die nächsten Tage Einzelheiten an.",
    "In den Cafés von {city} sprach man schon beim ersten Kaffee darüber.",
    "Die Zahlen ließen sich nicht unabhängig prüfen.",
    "{country} hat {n:2-60} Millionen Einwohner und eine lange Grenze zu {country2}.",
    "Die Zeitung der Gegend widmete dem Thema die ganze Titelseite.",
    "„Man soll nicht mehr versprechen, als man tragen kann“, sagte {person2}, früher Richter.",
    "Auf der Straße von {city} nach {city2} war mehr Verkehr als sonst.",
    "Bilder aus {city} zeigen grauen Himmel und einige Regenmäntel.",
    "Am Abend war der Marktplatz von {city} wieder still.",
    "Die Kosten von etwa {n:3-90} Millionen teilen sich Hauptstadt und Provinzen.",
)

GERMAN = Language(
    "de",
    {
        "sanctions": _SANCTIONS,
        "election": _ELECTION,
        "flood": _FLOOD,
        "sport": _SPORT,
        "culture": _CULTURE,
    },
    _COMMON,
    _SLOTS,
    thousands=".",
)
