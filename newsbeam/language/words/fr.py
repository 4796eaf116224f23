"""French."""

from newsbeam.language.words.form import Words

WORDS = Words(
    cues="a dit|ont dit|dit|a déclaré|ont déclaré|déclare|déclarait|a affirmé|affirme|affirmait|a ajouté|ajoute|ajoutait|"
    "a expliqué|explique|expliquait|a indiqué|indique|indiquait|a précisé|précise|précisait|a souligné|souligne|"
    "soulignait|a estimé|estime|estimait|a assuré|assure|assurait|a annoncé|annonce|annonçait|a averti|avertit|"
    "a prévenu|prévient|a rappelé|rappelle|a répondu|répond|a reconnu|reconnaît|a confié|confie|a insisté|insiste|"
    "a regretté|regrette|a dénoncé|dénonce|a promis|promet|a jugé|juge|a noté|note|a observé|observe|a conclu|conclut|"
    "a lancé|lance|a martelé|martèle|a écrit|écrit|a réagi|réagit|a demandé|demande|a raconté|raconte|a plaidé|plaide|"
    "a poursuivi|poursuit|a confirmé|confirme|a démenti|dément|a admis|admet|a soutenu|soutient|a fait savoir|"
    "a fait valoir|fait valoir|a détaillé|détaille|a commenté|commente|a critiqué|critique|a salué|salue|a tranché|"
    "a renchéri|renchérit|a résumé|résume|a témoigné|témoigne|s’est félicité|s'est félicité|s’est félicitée|"
    "s’est inquiété|s’est inquiétée|s’inquiète|se félicite|s’est indigné|a mis en garde|met en garde|a exhorté|exhorte|"
    "a qualifié|qualifie|s’est interrogé|a répété|répète|a nié|nie|a accusé|accuse|a évoqué|a concédé|concède|"
    "avait déclaré|avait dit|avait affirmé|avait annoncé|avait promis|avait assuré|a-t-il dit|a-t-elle dit|"
    "a-t-il déclaré|a-t-elle déclaré|a-t-il ajouté|a-t-elle ajouté|a-t-il affirmé|a-t-elle affirmé|a-t-il précisé|"
    "a-t-elle précisé|a-t-il expliqué|a-t-elle expliqué|a-t-il poursuivi|a-t-elle poursuivi|a-t-il souligné|"
    "a-t-elle souligné|a-t-il assuré|a-t-elle assuré|a-t-il conclu|a-t-elle conclu|a-t-il averti|a-t-elle averti|"
    "a-t-il estimé|a-t-elle estimé|a-t-il lancé|a-t-elle lancé|a-t-il indiqué|a-t-elle indiqué|a-t-il insisté|"
    "a-t-elle insisté|a-t-il répondu|a-t-elle répondu|a-t-il regretté|a-t-elle regretté|dit-il|dit-elle|"
    "explique-t-il|explique-t-elle|affirme-t-il|affirme-t-elle|ajoute-t-il|ajoute-t-elle|raconte-t-il|"
    "raconte-t-elle|poursuit-il|poursuit-elle|précise-t-il|précise-t-elle|assure-t-il|assure-t-elle|"
    "a-t-il rappelé|a-t-elle rappelé|a-t-il reconnu|a-t-elle reconnu|a-t-il prévenu|a-t-elle prévenu|"
    "estime-t-il|estime-t-elle|souligne-t-il|souligne-t-elle|résume-t-il|résume-t-elle|confie-t-il|confie-t-elle|"
    "a-t-il jugé|a-t-elle jugé|a-t-il promis|a-t-elle promis|a-t-il confié|a-t-elle confié|a-t-il noté|a-t-elle noté|"
    "plaisante|a plaisanté|s’exclame|s’est exclamé|soupire|a soupiré|ironise|a ironisé|grince|témoigne|se réjouit|se souvient|sourit|tempère|nuance|s’agace|"
    "s’interroge|s’emporte|reprend|se défend|s’alarme|a-t-il martelé|a-t-elle martelé|a-t-il annoncé|a-t-elle annoncé|prévient-il|prévient-elle|conclut-il|conclut-elle",
    sources="selon|d’après|d'après|de l’avis de|aux yeux de",
    men="M.|MM.|monsieur|roi|prince|porte-parole du|directeur|président|ambassadeur|chancelier|directeur général|"
    "vice-président|chercheur|avocat|agriculteur|sénateur|député|conseiller|coordinateur|commissaire européen|"
    "premier ministre|enseignant|négociateur|envoyé spécial|gouverneur|adjoint|procureur|fondateur|infirmier|habitant",
    women="Mme|Mmes|madame|reine|princesse|directrice|présidente|ambassadrice|chancelière|directrice générale|"
    "vice-présidente|chercheuse|avocate|agricultrice|sénatrice|députée|conseillère|coordinatrice|première ministre|"
    "ministre déléguée|négociatrice|envoyée spéciale|gouverneure|cheffe|procureure|fondatrice|infirmière|habitante|"
    "secrétaire générale|commissaire européenne|enseignante|adjointe|climatologue",
    roles="ministre des Affaires étrangères|ministre de la Défense|ministre de l’Intérieur|ministre de l'Intérieur|"
    "ministre des Finances|ministre de l’Économie|ministre de la Justice|ministre de la Santé|ministre de l’Énergie|"
    "ministre de l’Agriculture|ministre de l’Environnement|ministre de la Pêche|ministre des Transports|"
    "ministre de l’Éducation|ministre du Commerce|ministre de l'Économie|ministre de l'Énergie|"
    "ministre de l'Agriculture|ministre de l'Environnement|ministre de l'Éducation|ministre de la Culture|"
    "ministre du Travail|ministre|secrétaire d’État|secrétaire d'État|secrétaire général|secrétaire général adjoint|"
    "porte-parole|maire|juge|général|colonel|lieutenant|commandant|capitaine|amiral|pape|cardinal|évêque|Dr|docteur|"
    "professeur|professeure|économiste|analyste|politologue|historien|historienne|chef|chef de la diplomatie|"
    "haut représentant|haute représentante|commissaire|responsable|leader|dirigeant|dirigeante|patron|patronne|élu|"
    "élue|journaliste|militant|militante|médecin|syndicaliste|PDG|rapporteur|rapporteuse|étudiant|étudiante|"
    "ingénieur|ingénieure|hydrologue|géologue|épidémiologiste|pêcheur|bourgmestre|eurodéputé|eurodéputée|spécialiste|"
    "représentant|représentante|émissaire|médiateur|médiatrice|inspecteur|inspectrice|metteur en scène|metteuse en scène|entraîneur|entraîneuse|acteur|actrice|écrivain|écrivaine|romancier|romancière|chanteur|chanteuse|peintre|architecte|archéologue|biologiste|physicien|physicienne|virologue|vétérinaire|boulanger|boulangère|vigneron|vigneronne|éleveur|éleveuse|berger|bergère|apiculteur|pompier|sociologue|démographe|banquier|commerçant|commerçante|retraité|retraitée|œnologue|glaciologue|conservateur|conservatrice|capitaine",
    he="il",
    she="elle",
    that="que|qu’|qu'",
    no_place="Amérique latine|Amérique du Sud|Amérique du Nord|Amérique centrale|océan Indien|Manche|golfe de Guinée|"
    "golfe du Mexique|mer du Japon|mer de Chine|mer de Chine méridionale|accord de Paris|Accord de Paris|"
    "convention de Genève|Convention de Genève|conventions de Genève|Conventions de Genève|Nouveau-Mexique|"
    "Nouvelle-Angleterre|Nouvelle-Galles du Sud|delta du Niger|fleuve Niger|lac Tchad|golfe d’Oman|protocole de Kyoto|"
    "vallée du Jourdain|anglais courant|syndrome de Stockholm|cochon d’Inde|cochons d’Inde|dinde|filet américain|"
    "guerre de Corée|guerre du Vietnam|péninsule coréenne|clé anglaise|Le Monde",
    doubtful="Géorgie|Congo|Guinée|Niger|Jordanie|Tours|Nice|Nancy|Paris|Florence|Orange|Lens|Israël|Chili|France|"
    "Victoria|Vienne|Alexandrie|Tripoli|Corée|coréen|coréenne|coréens|coréennes|Valence|Sofia|Brest|Congolais|"
    "congolais|congolaise|congolaises|Congolaise|dominicain|dominicaine|indien|pour|Valencia|Bénin|Lima|Washington|"
    "Georgia|Jordan|Chad|Chelsea|Dallas|Caire|Male|Santiago|Milan|Roman|Romain|Germain|Angola|Malte|Georgie|"
    "géorgien|géorgienne|géorgiens|géorgiennes",
    no_names="Le|La|Les|L’|L'|Un|Une|Des|Du|De|En|Au|Aux|Dans|Sur|Sous|Par|Pour|Avec|Sans|Mais|Et|Ou|Où|Or|Si|Quand|"
    "Lorsque|Après|Avant|Depuis|Selon|Alors|Ainsi|Ce|Cet|Cette|Ces|Il|Elle|Ils|Elles|Nous|Vous|Je|On|Son|Sa|Ses|Leur|"
    "Leurs|Notre|Nos|Qui|Que|Quoi|Comment|Pourquoi|Lundi|Mardi|Mercredi|Jeudi|Vendredi|Samedi|Dimanche|Plus|Plusieurs|"
    "Deux|Trois|Quatre|Cinq|Dix|Entre|Pendant|Contre|Chez|Malgré|Tous|Toutes|Tout|Toute|Certains|Aucun|Interrogé|"
    "Interrogée|Ancien|Ancienne|Affaires|État|États|Europe|Afrique|Asie|Union|Mer|Monde|Parlement|Défense|Intérieur|"
    "Finances|Justice|Santé|Économie|Énergie|Environnement|Quant|Face|Lors|Hier|Aujourd’hui|Demain|Dès|Car|Donc|"
    "Reuters|AFP|Jamais|Même|Cela|Ça|C’est|Parmi|Déjà|Très|Peu|Oui|Non|Voici|Voilà|Chaque|Ni|Ne",
    inside="de|du|des|van|von|der|den|del|della|da|dos|di|la|le|ter|al|el|bin|ben|ibn|d",
    bodies="Ministère|Conseil|Commission|Comité|Agence|Autorité|Institut|Université|École|Banque|Fonds|Fondation|"
    "Association|Fédération|Confédération|Parti|Alliance|Coalition|Mouvement|Front|Groupe|Compagnie|Société|"
    "Organisation|Office|Bureau|Service|Cour|Tribunal|Parlement|Sénat|Congrès|Assemblée|Centre|Réseau|Programme|"
    "Forum|Syndicat|Observatoire|Académie|Chambre|Haut-Commissariat|Ligue|Croix-Rouge",
    prepositions="de|avec|à|par|contre|entre|et|sur|après|chez|envers|du|des|dont|que",
    no_speech="intitulé|intitulée|appelé|appelée|nommé|nommée|baptisé|baptisée|dit|dite|surnommé|surnommée|film|livre|"
    "roman|chanson|opération|mot|mots|terme|expression|lire|mention",
    first_names="Jean|Pierre|Michel|André|Philippe|Alain|Bernard|Jacques|François|Nicolas|Christophe|Laurent|Patrick|"
    "Olivier|Julien|Thomas|Antoine|Emmanuel|Éric|Eric|Marc|Luc|Paul|Louis|Henri|Hugo|Mathieu|Marie|Anne|Sophie|"
    "Catherine|Isabelle|Nathalie|Sylvie|Valérie|Claire|Camille|Julie|Céline|Hélène|Juliette|Élodie|Aurélie|Amina|"
    "Fatou|Aminata|Mamadou|Moussa|Ibrahim|Ousmane|Abdoulaye|Mohamed|Ahmed|Fatima|Nadia|Leïla|Karim|Yasmina|Anna|"
    "Elena|Olga|Ivan|Karl|Hans|Ingrid|Lars|Maria|Carlos|Juan|Ana|Luis|Étienne|Mathilde|Bruno|Denis|Gilles|Martine",
    fronts="Union|Haut|Haute|Cour|Banque",
    bodies_alone="entreprise|agence|groupe|ministère|banque|société|syndicat|parti|organisation|institut|commission|"
    "conseil|association|ONG|compagnie|opérateur",
)
