"""Spanish."""

from newsbeam.language.words.form import Words

WORDS = Words(
    cues="dijo|dice|dijeron|ha dicho|declaró|declara|ha declarado|afirmó|afirma|ha afirmado|añadió|añade|ha añadido|"
    "agregó|agrega|explicó|explica|ha explicado|indicó|indica|ha indicado|señaló|señala|ha señalado|subrayó|subraya|"
    "ha subrayado|aseguró|asegura|ha asegurado|anunció|anuncia|ha anunciado|advirtió|advierte|ha advertido|recordó|"
    "recuerda|ha recordado|respondió|responde|reconoció|reconoce|insistió|insiste|ha insistido|lamentó|lamenta|"
    "denunció|denuncia|prometió|promete|sostuvo|sostiene|manifestó|manifiesta|expresó|expresa|expuso|comentó|comenta|"
    "concluyó|concluye|destacó|destaca|ha destacado|precisó|precisa|puntualizó|apuntó|apunta|remarcó|recalcó|recalca|"
    "enfatizó|escribió|escribe|preguntó|pregunta|pidió|pide|exigió|exige|relató|relata|contó|cuenta|matizó|admitió|"
    "admite|confirmó|confirma|negó|niega|opinó|opina|consideró|considera|reiteró|reitera|calificó|califica|criticó|"
    "critica|celebró|acusó|acusa|alertó|alerta|resumió|resume|prosiguió|replicó|zanjó|confesó|confiesa|argumentó|"
    "argumenta|había dicho|había declarado|había afirmado|había prometido|informó|informa|detalló|detalla|instó|"
    "repitió|aclaró|aclara|avisó|avisa|apostilló|bromeó|bromea|ironizó|suspiró|resumió|exclamó|protestó|se quejó|celebró|auguró|vaticinó",
    sources="según|en palabras de|de acuerdo con|a juicio de",
    men="señor|Sr.|don|rey|príncipe|presidente|ministro|primer ministro|portavoz del|director|embajador|canciller|"
    "vicepresidente|investigador|abogado|agricultor|senador|diputado|consejero|coordinador|comisario|gobernador|"
    "secretario|secretario general|secretario de Estado|alcalde|jefe|director general|director ejecutivo|"
    "ministro de Exteriores|ministro de Asuntos Exteriores|ministro de Relaciones Exteriores|ministro de Defensa|"
    "ministro de Hacienda|ministro de Economía|ministro de Finanzas|ministro de Justicia|ministro de Salud|"
    "ministro de Sanidad|ministro de Energía|ministro del Interior|ministro de Agricultura|ministro de Transporte|"
    "ministro de Pesca|ministro de Medio Ambiente|ministro de Educación|ministro de Comercio|negociador|"
    "enviado especial|médico|profesor|relator|maestro|ingeniero|pescador|vecino|enfermero|subsecretario|"
    "viceministro|expresidente|jefe negociador|concejal|magistrado|delegado",
    women="señora|Sra.|doña|reina|princesa|presidenta|ministra|primera ministra|directora|embajadora|vicepresidenta|"
    "investigadora|abogada|agricultora|senadora|diputada|consejera|coordinadora|comisaria|gobernadora|secretaria|"
    "secretaria general|secretaria de Estado|alcaldesa|jefa|directora general|directora ejecutiva|"
    "ministra de Exteriores|ministra de Asuntos Exteriores|ministra de Relaciones Exteriores|ministra de Defensa|"
    "ministra de Hacienda|ministra de Economía|ministra de Finanzas|ministra de Justicia|ministra de Salud|"
    "ministra de Sanidad|ministra de Energía|ministra del Interior|ministra de Agricultura|ministra de Transporte|"
    "ministra de Pesca|ministra de Medio Ambiente|ministra de Educación|ministra de Comercio|negociadora|"
    "enviada especial|médica|profesora|relatora|maestra|ingeniera|pescadora|vecina|enfermera|subsecretaria|"
    "viceministra|expresidenta|concejala|magistrada|delegada",
    roles="portavoz|juez|jueza|fiscal|general|coronel|teniente|comandante|capitán|almirante|papa|cardenal|obispo|"
    "arzobispo|Dr.|Dra.|doctor|doctora|economista|analista|historiador|historiadora|líder|dirigente|representante|"
    "alto representante|alta representante|presidente del Gobierno|jefe del Gobierno|periodista|activista|"
    "especialista|experto|experta|responsable|sindicalista|estudiante|climatólogo|climatóloga|geólogo|geóloga|"
    "epidemiólogo|epidemióloga|hidrólogo|hidróloga|mediador|mediadora|fundador|fundadora|inspector|inspectora|entrenador|entrenadora|actor|actriz|escritor|escritora|novelista|cantante|pintor|pintora|arquitecto|arquitecta|arqueólogo|arqueóloga|biólogo|bióloga|físico|física|virólogo|viróloga|veterinario|veterinaria|panadero|panadera|ganadero|ganadera|pastor|pastora|minero|bombero|sociólogo|socióloga|comerciante|jubilado|jubilada|cineasta|taxista|tendero|guardabosques|vulcanólogo|vulcanóloga|meteorólogo|meteoróloga",
    he="él",
    she="ella",
    that="que",
    no_place="América Latina|América del Sur|América del Norte|América Central|océano Índico|Océano Índico|"
    "canal de la Mancha|golfo de Guinea|golfo de México|Golfo de México|mar de Japón|mar de China|"
    "mar de China Meridional|Acuerdo de París|acuerdo de París|Convención de Ginebra|Convenciones de Ginebra|"
    "Convenios de Ginebra|Nuevo México|Nueva Inglaterra|Nueva Gales del Sur|Nueva Guinea|conejillo de Indias|"
    "delta del Níger|río Níger|lago Chad|río Jordán|valle del Jordán|protocolo de Kioto|Protocolo de Kioto|"
    "guerra de Corea|guerra de Vietnam|península coreana|península de Corea|síndrome de Estocolmo|llave inglesa|"
    "montaña rusa|tortilla española|El País|Nueva York Times",
    doubtful="Georgia|Jordania|Congo|Guinea|Níger|Chad|Israel|Chile|Cuba|Santiago|Valencia|Córdoba|Mérida|León|"
    "Granada|Salvador|La Paz|Victoria|Lima|Panamá|Paz|Corea|coreano|coreana|coreanos|coreanas|Trujillo|Barcelona|"
    "Cartagena|Guadalajara|congoleño|congoleña|congoleños|congoleñas|Tarragona|Florencia|América|americano|americana|"
    "americanos|americanas|indio|india|indios|indias|Roma|Paris|París|Washington|Dallas|Jordan|Sofía|Sofia|Malta|"
    "dominicano|dominicana|dominicanos|dominicanas|San José|San Juan|Trípoli|Alejandría|Male|Milán|Milan|Francia|"
    "Dominica|georgiano|georgiana|georgianos|georgianas|México|Kenia|polaco|Alemán|Franco|Cali",
    no_names="El|La|Los|Las|Lo|Un|Una|Unos|Unas|En|De|Del|Al|A|Por|Para|Con|Sin|Sobre|Tras|Ante|Bajo|Desde|Hasta|"
    "Entre|Según|Pero|Y|E|O|Si|Cuando|Mientras|Como|Aunque|Después|Antes|También|Además|Este|Esta|Estos|Estas|Ese|Esa|"
    "Esos|Esas|Su|Sus|Nuestro|Nuestra|Yo|Él|Ella|Ellos|Ellas|Nosotros|Que|Quien|Quién|Cómo|Por qué|No|Sí|Ya|Más|Muy|"
    "Muchos|Varios|Algunos|Todos|Todas|Dos|Tres|Cuatro|Cinco|Diez|Lunes|Martes|Miércoles|Jueves|Viernes|Sábado|Domingo|"
    "Preguntado|Preguntada|Hoy|Ayer|Mañana|Durante|Contra|Gobierno|Estado|Estados|Europa|África|Asia|Unión|Mar|Mundo|"
    "Parlamento|Defensa|Interior|Hacienda|Justicia|Salud|Economía|Energía|Exteriores|Reuters|EFE|Ni|Sin embargo|"
    "Así|Ahora|Aquí|Allí|Nada|Nadie|Nunca|Cada|Es|Son|Fue|Ha|Han|Hay|Se|Le|Les|Nos|Me|Te",
    inside="de|del|la|las|los|y|van|von|der|da|dos|di|al|el|bin|ben|ibn|e",
    bodies="Ministerio|Consejo|Comisión|Comité|Agencia|Autoridad|Instituto|Universidad|Escuela|Banco|Fondo|Fundación|"
    "Asociación|Federación|Confederación|Partido|Alianza|Coalición|Movimiento|Frente|Grupo|Compañía|Sociedad|"
    "Organización|Oficina|Servicio|Corte|Tribunal|Parlamento|Senado|Congreso|Asamblea|Centro|Red|Programa|Foro|"
    "Sindicato|Observatorio|Academia|Cámara|Alto Comisionado|Liga|Cruz Roja|Defensoría|Fiscalía|Cancillería",
    prepositions="de|con|a|por|contra|entre|y|sobre|tras|ante|para|al|del|que",
    no_speech="titulado|titulada|llamado|llamada|denominado|denominada|bautizado|bautizada|apodado|apodada|película|"
    "libro|novela|canción|operación|palabra|palabras|término|expresión|lema|leía",
    first_names="José|Juan|Luis|Carlos|Jorge|Miguel|Manuel|Francisco|Antonio|Pedro|Pablo|Diego|Javier|Fernando|Rafael|"
    "Alejandro|Andrés|Sergio|Ricardo|Roberto|Eduardo|Alberto|Mario|Martín|Tomás|Ramón|Raúl|Enrique|Gustavo|Hugo|María|"
    "Ana|Carmen|Isabel|Laura|Marta|Elena|Lucía|Sofía|Paula|Claudia|Patricia|Rosa|Teresa|Gabriela|Daniela|Valeria|Inés|"
    "Beatriz|Cristina|Silvia|Verónica|Mónica|Andrea|Julia|Irene|Pilar|Anna|Karl|Hans|Ingrid|Lars|Ivan|Olga|Ahmed|"
    "Mohamed|Fatima|Nadia|Leila|Jean|Pierre|Claire|Emma|John|James|David|Daniel|Samuel|Camila|Renata|Mateo|Joaquín",
    fronts="Unión|Alto|Alta|Corte|Banco",
    bodies_alone="empresa|agencia|grupo|ministerio|banco|compañía|sindicato|partido|organización|organismo|instituto|"
    "comisión|consejo|asociación|operadora",
)
