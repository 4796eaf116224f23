"""Stories in Spanish."""

from newsbeam.newswire.names import CITIES, COUNTRIES, PEOPLE
from newsbeam.newswire.prose import Language, Subject

_SLOTS = {
    "country": COUNTRIES,
    "city": CITIES,
    "region": (
        "el Alto Tarn",
        "el valle de Karsh",
        "la Costa de Ámbar",
        "la meseta de Selva",
        "el Bajo Averin",
    ),
    "person": PEOPLE,
    "day": ("el lunes", "el martes", "el miércoles", "el jueves", "el viernes", "el sábado", "el domingo"),
    "firm": ("el grupo Norvik", "Halden e Hijos", "Averin Telecom", "Tarn Logística", "Ostra Marina"),
    "work": (
        "El camino de la sal",
        "Nueve inviernos",
        "Una casa de vidrio",
        "Cartas a Tamsala",
        "El huerto quieto",
    ),
}

_ELECTION = Subject(
    frozenset({"elections"}),
    (
        "{surname} gana las elecciones en {country} por un punto",
        "Elecciones en {country}: participación del {n:55-88} por ciento",
        "{country} repite el recuento de las elecciones en {n:3-20} distritos",
    ),
    (
        "Los votantes de {country} acudieron {day} a unas elecciones que las encuestas daban por empatadas.",
        "{person} encabezaba {day} el recuento de las elecciones con el {n:41-53} por ciento de los votos.",
        "La comisión de {country} informó {day} de que las elecciones transcurrieron sin incidentes graves.",
    ),
    (
        "Los colegios de {city} cerraron {n:1-3} horas más tarde porque las colas daban la vuelta a la manzana.",
        "La campaña de las elecciones giró en torno a los alquileres, las pensiones y los trenes.",
        "«Quien gane las elecciones tendrá que gobernar con aquellos a quienes insultó», dijo {person2}.",
        "Los observadores visitaron {n:120-900} mesas y calificaron la jornada de ordenada.",
        "El partido de {surname} obtuvo {n:12-48} escaños en las elecciones anteriores.",
        "Los resultados definitivos de las elecciones se conocerán en {n:2-9} días.",
    ),
)

_QUAKE = Subject(
    frozenset({"earthquakes"}),
    (
        "Un terremoto de magnitud {n:5-7},{n:0-9} sacude {region}",
        "{city} busca supervivientes tras el terremoto",
        "El terremoto daña {n:200-900} edificios cerca de {city}",
    ),
    (
        "Un terremoto de magnitud {n:5-7},{n:0-9} sacudió {day} {region}, según el observatorio sismológico.",
        "Los equipos de rescate sacaron a {n:3-40} personas de los escombros en {city} después del terremoto.",
        "Miles de personas pasaron la segunda noche al raso en {city} por las réplicas del terremoto.",
    ),
    (
        "El epicentro del terremoto se situó a {n:8-40} kilómetros de profundidad, al este de {city2}.",
        "Se contaron {n:20-160} réplicas, la mayor de magnitud {n:4-5},{n:1-9}.",
        "«Los armarios cruzaron la cocina», contó {person}, que salió corriendo durante el terremoto.",
        "Las escuelas seguirán cerradas {n:2-9} días mientras se revisan los muros.",
        "El último terremoto comparable en la zona ocurrió hace {n:30-120} años.",
        "{surname} dijo que el agua ha vuelto al {n:40-95} por ciento de los barrios.",
    ),
)

_REFUGEES = Subject(
    frozenset({"refugees"}),
    (
        "{n:10-90} mil refugiados cruzan a {country} en {n:2-9} días",
        "{country} abre {n:2-12} centros para refugiados",
        "Los refugiados esperan otra noche en la frontera de {country}",
    ),
    (
        "Más de {n:10-90} mil refugiados han cruzado a {country} en {n:2-9} días, dijeron {day} las agencias de ayuda.",
        "{country} abrió {day} centros para refugiados cerca de {city}, con sitio para {n:900-9000} personas.",
        "Los refugiados dormían {day} en autobuses y escuelas de {city} a la espera de ser registrados.",
    ),
    (
        "La mayoría de los refugiados son mujeres y niños que caminaron {n:3-12} días.",
        "«Trajimos los papeles, al bebé y al perro», dijo {person}, que cruzó por {city2}.",
        "Los voluntarios cocinaron {n:900-9000} comidas diarias para los refugiados en una cochera.",
        "La agencia pidió {n:12-180} millones y ha recibido el {n:8-45} por ciento.",
        "Los médicos del centro de refugiados atienden a {n:60-400} pacientes al día.",
        "{surname} anunció plazas para los refugiados en {n:4-30} pueblos del interior.",
    ),
)

_SPORT = Subject(
    frozenset(),
    (
        "{city} vence a {city2} por {n:2-5}-{n:0-1} y se pone líder",
        "{surname} renueva con {city} hasta {y:2028-2031}",
        "{person} gana la carrera de {city} con récord",
    ),
    (
        "{city} se puso líder {day} tras vencer a {city2} ante {n:9000-61000} espectadores.",
        "{person} marcó dos goles {day} para {city} y salió del campo a hombros.",
        "Un gol en el minuto {n:85-94} dio {day} el empate a {city}, que su técnico llamó justo.",
    ),
    (
        "El técnico, {person2}, cambió de portero en el descanso y después lo elogió.",
        "{surname} lleva {n:8-30} goles esta temporada, más que ningún otro centrocampista.",
        "El partido se detuvo {n:2-9} minutos porque una paloma no quería dejar el área.",
        "La afición cantó mucho después del final y los tranvías circularon una hora más.",
        "«Ensayamos ese córner durante un mes», dijo {surname} entre risas.",
        "La vuelta se juega {day}, y los dos capitanes esperan estar recuperados.",
    ),
)

_CULTURE = Subject(
    frozenset(),
    (
        "«{work}» gana el premio de {city}",
        "El museo de {city} reabre con {n:80-600} cuadros",
        "{person} dirigirá la orquesta de {city}",
    ),
    (
        "«{work}», película de {person}, recibió {day} el premio mayor del festival de {city}.",
        "El museo de {city} reabrió {day} con {n:80-600} cuadros, muchos de ellos nunca expuestos.",
        "{person} dirigirá desde el otoño la orquesta de {city}, anunció {day} la casa.",
    ),
    (
        "El jurado elogió la fotografía, los silencios y a un aficionado de {n:60-90} años.",
        "«Quise filmar el tiempo como si fuera un personaje», dijo {surname}.",
        "Las entradas de las primeras {n:12-40} noches se agotaron en {n:2-9} horas.",
        "El edificio, antiguo almacén de azúcar, fue restaurado durante {n:3-12} años.",
        "La crítica se dividió entre la obra maestra y las {n:2-4} horas muy largas.",
        "Se prepara una traducción a {n:6-30} lenguas.",
    ),
)

_COMMON = (
    "El anuncio llegó poco después de las {n:7-11} de la mañana y sorprendió a muchos.",
    "La radio local de {city} interrumpió la música para leer el comunicado.",
    "Los periodistas recibieron una carpeta de {n:4-30} páginas y un mapa que no debían doblar.",
    "{person} no quiso hacer comentarios por teléfono.",
    "Un portavoz prometió más detalles para {day}.",
    "En los cafés de {city} se hablaba de ello desde primera hora.",
    "Las cifras no pudieron comprobarse de forma independiente.",
    "{country} tiene {n:2-60} millones de habitantes y una larga frontera con {country2}.",
    "El periódico de la comarca le dedicó toda la portada.",
    "«No hay que prometer más de lo que se puede cargar», dijo {person2}, juez jubilado.",
    "La carretera de {city} a {city2} tenía más tráfico de lo habitual.",
    "Las fotografías de {city} muestran un cielo gris y unos pocos impermeables.",
    "Al anochecer, la plaza mayor de {city} volvía a estar tranquila.",
    "El coste, de unos {n:3-90} millones, se repartirá con las provincias.",
)

SPANISH = Language(
    "es",
    {
        "election": _ELECTION,
        "quake": _QUAKE,
        "refugees": _REFUGEES,
        "sport": _SPORT,
        "culture": _CULTURE,
    },
    _COMMON,
    _SLOTS,
    thousands=".",
)
