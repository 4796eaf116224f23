"""The cast of outlets: who publishes, in which language and format, and what is odd about their feeds."""

from dataclasses import dataclass
from enum import StrEnum


class Format(StrEnum):
    """Formats of feeds."""

    RSS2 = "rss2"
    ATOM = "atom"
    JSON = "json"
    RSS1 = "rss1"


class Quirk(StrEnum):
    """What is odd about a feed; one each."""

    NONE = "none"
    WIRE = "wire"  # an agency: others carry its stories, as they are or a little changed
    AGGREGATOR = "aggregator"  # carries other outlets' stories, with their links and <source>
    NO_GUID = "no-guid"  # entries have links only
    VARIANTS = "variants"  # links change scheme and tracking parameters between fetches
    ROTATING = "rotating"  # every GUID changes now and then
    SLUGS = "slugs"  # corrected slugs: another link under the same GUID
    TICKER = "ticker"  # one link, many GUIDs and titles
    DIES = "dies"  # answers 500 for a while, then refuses connections
    RUBBISH = "rubbish"  # turns into something that is no feed, with HTTP 200
    BAD_DATES = "bad-dates"  # impossible or missing dates
    STALE = "stale"  # HTTP 200 and nothing new for days
    OVERSIZED = "oversized"  # larger than any sensible limit
    SLOW = "slow"  # takes its time for every answer
    ARCHIVE = "archive"  # publishes old stories as if they were new


@dataclass(frozen=True)
class Outlet:
    """A publisher with one feed; `id` is the feed's id and the outlet's."""

    id: str
    name: str
    language: str
    country: str
    format: Format
    quirk: Quirk = Quirk.NONE
    client: bool = False  # carries the wire agency's stories

    @property
    def domain(self) -> str:
        """The domain it would have; its pages are served below a path of its name."""
        return f"{self.id}.example"


_R, _A, _J, _1 = Format.RSS2, Format.ATOM, Format.JSON, Format.RSS1

OUTLETS: tuple[Outlet, ...] = (
    Outlet("meridian-press", "Meridian Press Agency", "en", "GB", _R, Quirk.WIRE),
    Outlet("harbour-post", "The Harbour Post", "en", "GB", _R, client=True),
    Outlet("lindholm-courier", "Lindholm Courier", "en", "IE", _A, client=True),
    Outlet("averin-times", "Averin Times", "en", "US", _J, client=True),
    Outlet("coldwater-gazette", "Coldwater Gazette", "en", "CA", _1, client=True),
    Outlet("riverton-herald", "Riverton Herald", "en", "US", _R, client=True),
    Outlet("eastmark-observer", "Eastmark Observer", "en", "AU", _A, client=True),
    Outlet("southmoor-echo", "Southmoor Echo", "en", "NZ", _R, client=True),
    Outlet("kestrel-standard", "Kestrel Bay Standard", "en", "ZA", _R, client=True),
    Outlet("tamsala-review", "Tamsala Review", "en", "KE", _J),
    Outlet("stavholm-daily", "Stavholm Daily", "en", "GB", _1),
    Outlet("ardmoor-dispatch", "Ardmoor Dispatch", "en", "IE", _A),
    Outlet("brevik-tribune", "Brevik Tribune", "en", "US", _R, Quirk.NO_GUID),
    Outlet("amber-coast-news", "Amber Coast News", "en", "GH", _R, Quirk.VARIANTS),
    Outlet("monte-claro-globe", "Monte Claro Globe", "en", "IN", _R, Quirk.ROTATING),
    Outlet("old-mersey-mail", "Old Mersey Mail", "en", "GB", _A, Quirk.SLUGS),
    Outlet("newsdesk-live", "Newsdesk Live", "en", "US", _R, Quirk.TICKER),
    Outlet("zharan-bulletin", "Zharan Bulletin", "en", "PK", _R, Quirk.DIES),
    Outlet("karash-express", "Karash Express", "en", "IN", _R, Quirk.RUBBISH),
    Outlet("selva-weekly", "Selva Weekly", "en", "PH", _R, Quirk.BAD_DATES),
    Outlet("drenova-chronicle", "Drenova Chronicle", "en", "CA", _A, Quirk.STALE),
    Outlet("mammoth-index", "The Mammoth Index", "en", "US", _R, Quirk.OVERSIZED),
    Outlet("feldbach-reader", "Feldbach Reader", "en", "AU", _A, Quirk.SLOW),
    Outlet("querida-archive", "Querida Archive", "en", "SG", _R, Quirk.ARCHIVE),
    Outlet("roundup", "Roundup", "en", "US", _R, Quirk.AGGREGATOR),
    Outlet("la-rive", "La Rive", "fr", "FR", _R),
    Outlet("le-journal-de-villedor", "Le Journal de Villedor", "fr", "CA", _A),
    Outlet("quotidien-averin", "Le Quotidien de l'Averin", "fr", "BE", _J),
    Outlet("tarne-matin", "Tarne Matin", "fr", "SN", _1),
    Outlet("el-faro-de-selva", "El Faro de Selva", "es", "ES", _R),
    Outlet("diario-monte-claro", "Diario de Monte Claro", "es", "MX", _A),
    Outlet("la-voz-de-querida", "La Voz de Querida", "es", "AR", _R),
    Outlet("noticias-belgrano", "Noticias de Belgrano Alto", "es", "CO", _J),
    Outlet("feldbacher-zeitung", "Feldbacher Zeitung", "de", "DE", _R),
    Outlet("hallenstedter-bote", "Hallenstedter Bote", "de", "AT", _A),
    Outlet("ostmark-kurier", "Ostmark-Kurier", "de", "CH", _1),
)
BY_ID = {outlet.id: outlet for outlet in OUTLETS}
