"""Invented names: places, people and bodies that exist nowhere else."""

COUNTRIES = (
    "Valdoria", "Karsia", "Belmarra", "Torvania", "Sundara", "Quillara", "Maravel", "Ostrenia", "Tarkesh",
    "Lisania", "Norrmark", "Verania", "Dorvalle", "Kelmoria", "Azhara", "Pelland",
)  # fmt: skip
CITIES = (
    "Lindholm", "Port Averin", "Karash", "Tervina", "Old Mersey", "Santa Ilda", "Brevik Sound", "Malkara",
    "Ostermünde", "Villedor", "Zharan", "Coldwater", "Puerto Selva", "Hallenstedt", "Nouvelle-Rive",
    "Ardmoor",
    "Tamsala", "Querida", "Belgrano Alto", "Stavholm", "Riverton Vale", "Kuzmara", "Monte Claro", "Feldbach",
)  # fmt: skip
REGIONS = (
    "Upper Tarn", "the Karsh valley", "Eastmark", "the Selva plateau", "Lower Averin", "the Drenova hills",
    "Southmoor", "the Amber Coast", "the Zhara basin", "Kestrel Bay",
)  # fmt: skip
FIRST = (
    "Amara", "Tomas", "Ingrid", "Rafael", "Leila", "Viktor", "Chiara", "Samuel", "Noor", "Henrik", "Paula",
    "Idris",
    "Yara", "Mateus", "Greta", "Anton", "Selma", "Pavel", "Odile", "Kwame", "Lucía", "Emil", "Hana", "Bruno",
)  # fmt: skip
LAST = (
    "Okonjo", "Lindqvist", "Varga", "Delacroix", "Haddad", "Moreno", "Petrenko", "Achterberg", "Solano",
    "Brandt",
    "Kowalczyk", "Mbeki-Stone", "Ferraro", "Halloran", "Nyström", "Castellan", "Yildirim", "Quintero",
    "Aalto",
    "Rousselle", "Tanaka-Reyes", "Dragomir", "Ostrowski", "Weller",
)  # fmt: skip
PEOPLE = tuple(f"{first} {last}" for first in FIRST for last in LAST)
