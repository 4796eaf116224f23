"""German."""

from newsbeam.language.words.form import Words

WORDS = Words(
    cues="sagte|sagt|sagten|sagen|erklärte|erklärt|erklärten|betonte|betont|fügte hinzu|fügte|ergänzte|ergänzt|warnte|"
    "warnt|kündigte an|kündigte|teilte mit|teilte|meinte|meint|antwortete|antwortet|berichtete|berichtet|forderte|"
    "fordert|kritisierte|kritisiert|mahnte|mahnt|bekräftigte|bekräftigt|bestätigte|bestätigt|schrieb|schreibt|fragte|"
    "fragt|behauptete|behauptet|räumte ein|räumte|versicherte|versichert|unterstrich|unterstreicht|hob hervor|hob|"
    "wies darauf hin|wies|äußerte|äußert|lobte|lobt|beklagte|beklagt|bedauerte|bedauert|verlangte|verlangt|versprach|"
    "verspricht|erläuterte|erläutert|erzählte|erzählt|gab bekannt|gab|klagte|klagt|scherzte|scherzt|spottete|spottet|staunte|jubelte|schimpfte|witzelte|lachte|seufzte|tadelte|"
    "merkte an|merkte|gestand|beteuerte|stöhnte|frohlockte|freute sich|ärgerte sich|wunderte sich|nannte|nennt|sprach von|sprach|spricht von|rief|"
    "konterte|urteilte|bilanzierte|resümierte|hieß es|heißt es|erwiderte|entgegnete|prophezeite|stellte klar|stellte|"
    ", so|verteidigte|begrüßte|verurteilte|warf|drohte|rechnete|erinnerte|wiederholte|schloss",
    sources="laut|nach Angaben von|nach Angaben des|nach Angaben der|nach Worten von|nach den Worten von|"
    "nach den Worten der|nach den Worten des|nach Einschätzung von|zufolge|aus Sicht von",
    men="Herr|Herrn|König|Prinz|Präsident|Präsidenten|Minister|Ministers|Außenminister|Außenministers|"
    "Verteidigungsminister|Finanzminister|Innenminister|Justizminister|Gesundheitsminister|Wirtschaftsminister|"
    "Energieminister|Umweltminister|Agrarminister|Landwirtschaftsminister|Verkehrsminister|Bildungsminister|"
    "Arbeitsminister|Handelsminister|Ministerpräsident|Premierminister|Vizepräsident|Bundeskanzler|Kanzler|"
    "Vizekanzler|Bundespräsident|Staatssekretär|Sprecher|Regierungssprecher|Botschafter|Kommissar|EU-Kommissar|"
    "Generalsekretär|Gouverneur|Bürgermeister|Oberbürgermeister|Senator|Abgeordneter|Abgeordnete|Direktor|"
    "Generaldirektor|Geschäftsführer|Vorsitzender|Vorsitzende|Parteichef|Chef|Leiter|Forscher|Professor|Analyst|"
    "Ökonom|Experte|Richter|Anwalt|Landwirt|Bauer|Gesandter|Sondergesandter|Unterhändler|Koordinator|Berater|"
    "Staatsanwalt|General|Generalmajor|Generalleutnant|Oberst|Hauptmann|Kommandeur|Admiral|Papst|Bischof|Kardinal|"
    "Historiker|Klimaforscher|Gründer|Lehrer|Arzt|Chefarzt|Ingenieur|Student|Bewohner|Anwohner|Fischer|"
    "Fischereiminister|Landrat|Inspekteur|Volkswirt|Chefvolkswirt|Politologe|Politikwissenschaftler|Hydrologe|"
    "Geologe|Epidemiologe|Gewerkschafter|Aktivist|Journalist|Chefunterhändler|Polizeichef|Feuerwehrchef|"
    "Fraktionschef|Präsidentschaftskandidat|Oppositionsführer|Amtschef|Vorstandschef|Notenbankchef|Behördenchef|"
    "Hafenmeister|Unternehmer|Händler|Meteorologe|Energieexperte|Sicherheitsexperte|Geschäftsführerin",
    women="Frau|Königin|Prinzessin|Präsidentin|Ministerin|Außenministerin|Verteidigungsministerin|Finanzministerin|"
    "Innenministerin|Justizministerin|Gesundheitsministerin|Wirtschaftsministerin|Energieministerin|"
    "Umweltministerin|Agrarministerin|Landwirtschaftsministerin|Verkehrsministerin|Bildungsministerin|"
    "Arbeitsministerin|Handelsministerin|Ministerpräsidentin|Premierministerin|Vizepräsidentin|Bundeskanzlerin|"
    "Kanzlerin|Bundespräsidentin|Staatssekretärin|Sprecherin|Regierungssprecherin|Botschafterin|Kommissarin|"
    "EU-Kommissarin|Kommissionspräsidentin|Generalsekretärin|Gouverneurin|Bürgermeisterin|Oberbürgermeisterin|"
    "Senatorin|Direktorin|Generaldirektorin|Parteichefin|Chefin|Leiterin|Forscherin|Professorin|Analystin|Ökonomin|"
    "Expertin|Richterin|Anwältin|Landwirtin|Bäuerin|Gesandte|Sondergesandte|Unterhändlerin|Koordinatorin|Beraterin|"
    "Staatsanwältin|Historikerin|Klimaforscherin|Gründerin|Lehrerin|Ärztin|Ingenieurin|Studentin|Bewohnerin|"
    "Anwohnerin|Fischerin|Fischereiministerin|Volkswirtin|Chefvolkswirtin|Politologin|Politikwissenschaftlerin|"
    "Hydrologin|Geologin|Epidemiologin|Gewerkschafterin|Aktivistin|Journalistin|Landrätin|Chefunterhändlerin|"
    "Fraktionschefin|Oppositionsführerin|Vorstandschefin|Notenbankchefin|Behördenchefin|Pflegerin|Meteorologin",
    roles="Dr.|Prof.|Prof. Dr.|Premier|Kommissionspräsident|EU-Kommissionspräsident|EU-Außenbeauftragte|"
    "EU-Außenbeauftragter|Außenbeauftragte|Außenbeauftragter|Beauftragte|Beauftragter|Bundestagspräsident|"
    "Bundestagspräsidentin|Staatschef|Regierungschef|Regierungschefin|Staatspräsident|UN-Generalsekretär|"
    "Nato-Generalsekretär|NATO-Generalsekretär|Trainer|Trainerin|Regisseur|Regisseurin|Schauspieler|Schauspielerin|Schriftsteller|Schriftstellerin|Autor|Autorin|Sänger|Sängerin|Maler|Malerin|Architekt|Architektin|Archäologe|Archäologin|Biologe|Biologin|Physiker|Physikerin|Virologe|Virologin|Tierarzt|Tierärztin|Bäcker|Bäckerin|Winzer|Winzerin|Schäfer|Schäferin|Imker|Feuerwehrmann|Soziologe|Soziologin|Rentner|Rentnerin|Spediteur|Förster|Försterin|Intendant|Intendantin|Kurator|Kuratorin|Wirt|Wirtin|Bundesaußenminister|Bundesaußenministerin",
    he="er",
    she="sie",
    that="dass",
    no_place="Lateinamerika|Südamerika|Nordamerika|Mittelamerika|Indischer Ozean|Indischen Ozean|Ärmelkanal|"
    "Golf von Guinea|Golf von Mexiko|Golf von Oman|Japanisches Meer|Südchinesisches Meer|Südchinesischen Meer|"
    "Pariser Abkommen|Pariser Klimaabkommen|Genfer Konvention|Genfer Konventionen|Wiener Konvention|New Mexico|"
    "Neuengland|Neuguinea|Nigerdelta|Tschadsee|Jordantal|Jordan|Kyoto-Protokoll|Koreakrieg|Vietnamkrieg|"
    "koreanische Halbinsel|koreanischen Halbinsel|Koreanische Halbinsel|Meerschweinchen|Stockholm-Syndrom|"
    "Deutsche Bank|Deutschen Bank|Deutsche Bahn|Deutschen Bahn|Wiener Schnitzel|Hamburger SV|Zentralafrika",
    doubtful="Niger|Guinea|Kongo|Georgia|Essen|Halle|Hagen|Worms|Siegen|Bergen|Moers|Wien|Korea|koreanisch|koreanische|"
    "koreanischen|koreanischer|koreanisches|Amerika|Mali|Togo|Israel|Oman|Kuba|Chile|Peru|Georgien|Victoria|Santiago|"
    "Nancy|Male|Sofia|Valencia|Florenz|Athen|Washington|Paris|London|Berlin|Dallas|Chad|Jersey|Malta|Krim|Franken|"
    "Schweizer|Schweden|Deutscher|Deutsch|Schotten|Böhmen|Lima|Hamm|Tripolis|kongolesisch|kongolesische|"
    "kongolesischen|kongolesischer|kongolesisches|Bern|Linz|dominikanisch|dominikanische|Polen",
    no_names="Der|Die|Das|Des|Dem|Den|Ein|Eine|Einer|Eines|Einem|Einen|Im|In|An|Am|Auf|Aus|Bei|Beim|Mit|Nach|Von|Vom|Vor|"
    "Zu|Zum|Zur|Für|Gegen|Ohne|Um|Über|Unter|Durch|Seit|Bis|Während|Wegen|Trotz|Aber|Und|Oder|Doch|Wenn|Als|Wie|Weil|"
    "Dass|Ob|Da|So|Nur|Auch|Noch|Schon|Er|Sie|Es|Wir|Ihr|Ich|Sein|Seine|Ihre|Unser|Unsere|Dieser|Diese|Dieses|Diesen|"
    "Jeder|Alle|Viele|Einige|Mehrere|Zwei|Drei|Vier|Fünf|Zehn|Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|"
    "Sonntag|Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember|Ende|Anfang|Mitte|"
    "Millionen|Milliarden|Prozent|Euro|Dollar|Uhr|Jahr|Jahre|Woche|Monat|Tag|Tage|Zuvor|Danach|Dort|Hier|Heute|"
    "Gestern|Morgen|Nach Angaben|Laut|Zudem|Außerdem|Jedoch|Deshalb|Damit|Dabei|Man|Was|Wer|Wo|Warum|Wann|Kein|Keine|"
    "Nicht|Ja|Nein|Mehr|Europa|Regierung|Land|Krieg|Frieden|Neue|Neuer|Neues|Neuen|Große|Erste|Zweite|Beide|Künftig",
    inside="von|van|der|den|zu|zur|de|del|della|da|dos|di|la|le|al|el|bin|ben|ibn",
    bodies="Ministerium|Außenministerium|Verteidigungsministerium|Innenministerium|Rat|Kommission|Ausschuss|Agentur|"
    "Behörde|Institut|Universität|Hochschule|Bank|Fonds|Stiftung|Verband|Bund|Partei|Allianz|Bündnis|Bewegung|Gruppe|"
    "Gesellschaft|Organisation|Amt|Gericht|Gerichtshof|Parlament|Zentrum|Programm|Gewerkschaft|Kammer|Verein|GmbH|AG|"
    "Akademie|Hilfswerk|Werft|Werke|Netzwerk|Polizei",
    prepositions="von|mit|an|gegen|zwischen|und|über|nach|bei|für|durch|zu|wegen",
    no_speech="genannt|sogenannte|sogenannten|sogenanntes|namens|Titel|Film|Buch|Roman|Lied|Operation|Wort|Worte|Begriff|"
    "Motto|Aufschrift|Zeitung|Magazin|Namen|Name|Schiff|Ausdruck",
    first_names="Hans|Karl|Peter|Klaus|Michael|Thomas|Andreas|Stefan|Martin|Christian|Frank|Jürgen|Wolfgang|Markus|"
    "Matthias|Daniel|Sebastian|Alexander|Jan|Lars|Paul|Max|Felix|Jonas|Lukas|Moritz|Johannes|Friedrich|Heinrich|Otto|"
    "Anna|Maria|Petra|Sabine|Monika|Susanne|Andrea|Claudia|Birgit|Stefanie|Julia|Katharina|Christine|Ursula|Ingrid|"
    "Heike|Nicole|Sandra|Lena|Laura|Sophie|Clara|Marie|Elena|Eva|Helene|Greta|Ivan|Olga|Ahmed|Mohammed|Fatima|Leila|"
    "Mehmet|Ayşe|Jean|Pierre|Carlos|Juan|José|Ana|John|James|David|Emma|Erik|Anja|Tobias|Jens|Uwe|Ralf|Karin|Renate",
    bodies_alone="Unternehmen|Behörde|Ministerium|Bank|Konzern|Gewerkschaft|Partei|Organisation|Institut|Kommission|"
    "Verband|Verein|Agentur|Firma|Hilfsorganisation",
)
