"""One story stays one, whatever becomes of addresses: other rules after an upgrade, a moved feed, an edited slug."""

import ipaddress
import shutil
import ssl
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import select

from newsbeam.store import schema
from newsbeam.store.database import Store, open_store
from tests.contract.newspaper import Newspaper, Page
from tests.e2e.service import ROOT, Service
from tests.servers.process import free_port, wait_until

Entry = tuple[str, str, str | None]  # title, link, GUID
SITE = "http://harbour-post.example"
NEWS: dict[str, Entry] = {
    "session": ("Envoys sign a truce in Port Maren", f"{SITE}/maren?sid=7", None),
    "campaign": ("Truce monitors reach the Aldava valley", f"{SITE}/aldava?utm_source=feed", None),
    "slug": ("Truce talks in Velm go into a third night", f"{SITE}/2026/velm-talks-third-night", "velm-1"),
    "plain": ("Truce holds along the northern canal", f"{SITE}/canal", None),
}
HISTORY: Entry = ("A truce of long ago", f"{SITE}/archive", None)


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate for this machine's loopback, its own authority; and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "harbour-post")])
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(address, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, secret = tmp_path / "certificate.pem", tmp_path / "key.pem"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return pem, secret


class Desk:
    """A service on one feed, and what its store knows."""

    def __init__(self, service: Service, papers: tuple[Newspaper, Newspaper], store: Store) -> None:
        self.service = service
        self.plain, self.secure = papers
        self.store = store

    def prints(self, paper: Newspaper, entries: list[Entry]) -> None:
        """Let the feed hold these entries, all published just now."""
        paper.pages["/feed"] = Page(rss(entries))

    def edit_feed(self, **values: object) -> None:
        path = self.service.config / "feeds.yaml"
        (feed,) = yaml.safe_load(path.read_text())
        path.write_text(yaml.safe_dump([{**feed, **values}]))

    def keys(self) -> dict[str, Counter[str]]:
        """The keys of each story by their kinds, by the story's newest title."""
        k, s = schema.story_key.c, schema.story.c
        found: dict[str, Counter[str]] = {}
        with self.store.read() as connection:
            query = select(s.title, k.kind).join_from(schema.story, schema.story_key, k.story == s.id)
            for title, kind in connection.execute(query):
                found.setdefault(title, Counter())[kind] += 1
        return found

    def grows(self, name: str, kind: str, to: int) -> None:
        """Return when the story has so many keys of a kind."""
        title = NEWS[name][0]
        wait_until(
            lambda: self.keys()[title][kind] == to,
            60,
            f"{title!r} to have {to} {kind} keys",
            lambda: f"{self.keys()}\n{self.service.tail()}",
        )

    def numbers(self) -> tuple[int, int]:
        """Stories and alerts."""
        status = self.service.json("/api/v1/status")
        return status["stories"], status["alerts"]

    def await_numbers(self, stories: int, alerts: int) -> None:
        wait_until(
            lambda: self.numbers() == (stories, alerts),
            60,
            f"{stories} stories and {alerts} alerts",
            lambda: f"{self.numbers()}\n{self.service.tail()}",
        )


@pytest.fixture
def desk(tmp_path: Path, certificate: tuple[Path, Path]) -> Iterator[Desk]:
    pem, secret = certificate
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(pem, secret)
    with ExitStack() as exits:
        papers = exits.enter_context(Newspaper()), exits.enter_context(Newspaper(tls=tls))
        service = Service(configure(tmp_path / "config", papers[0].url), tmp_path / "data")
        service.environ["SSL_CERT_FILE"] = str(pem)
        exits.callback(service.stop)
        store = open_store(f"sqlite:///{service.data}/store.db")
        exits.callback(store.close)
        yield Desk(service, papers, store)


def configure(folder: Path, paper: str) -> Path:
    files = {
        "newsbeam.yaml": {
            "feeds": {"every_s": 1.0, "shortest_s": 1.0, "cache_longest_s": 1.0, "host_gap_s": 0.0},
            "process": {"workers": 1},
            "serve": {"port": free_port()},
        },
        "feeds.yaml": [{"id": "harbour", "url": f"{paper}/feed", "language": "en", "allow_private": True}],
        "topics/peace.yaml": [{"id": "truce", "queries": {"en": "truce"}}],
        "alerts.yaml": {"rules": [{"id": "truce", "when": "topic:truce", "topic": "peace"}]},
    }
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(yaml.safe_dump(content))
    return folder


def rss(entries: list[Entry]) -> bytes:
    at = datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
    items = "".join(
        f"<item><title>{escape(title)}</title><link>{escape(link)}</link><pubDate>{at}</pubDate>"
        + (f'<guid isPermaLink="false">{guid}</guid>' if guid else "")
        + "</item>"
        for title, link, guid in entries
    )
    return f'<rss version="2.0"><channel><title>Harbour Post</title>{items}</channel></rss>'.encode()


def upgraded(folder: Path, changes: dict[str, str]) -> Path:
    """Return a newsbeam whose rules of canonical addresses are others: as the next version's would be."""
    for package in ("newsbeam", "connectors", "pipelines", "dashboard"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "config", folder / "config")
    rules = folder / "newsbeam" / "identity.py"
    text = rules.read_text()
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    rules.write_text(text)
    return folder


def https(entry: Entry) -> Entry:
    return entry[0], entry[1].replace("http://", "https://", 1), entry[2]


def watching(desk: Desk, told: Callable[[], list[Entry]]) -> None:
    """Start on a feed that holds history, then news."""
    desk.prints(desk.plain, [HISTORY])
    desk.service.start()
    desk.service.await_page()
    desk.await_numbers(1, 0)
    desk.prints(desk.plain, told())
    desk.await_numbers(1 + len(NEWS), len(NEWS))


@pytest.mark.timeout(300)
def test_other_rules_moved_feeds_and_edited_slugs_tell_nothing_again(desk: Desk, tmp_path: Path) -> None:
    news = list(NEWS.values())
    watching(desk, lambda: [HISTORY, *news])
    before = desk.keys()
    assert before[NEWS["session"][0]] == {"canonical": 1, "url": 1}
    desk.service.stop()

    # An upgrade: `sid` is a tracking parameter now, what begins with `utm_` is none any more.
    code = upgraded(tmp_path / "next", {'("utm_", ': "(", "    _ga _gl ": "    sid _ga _gl "})
    desk.service.environ["PYTHONPATH"] = str(code)
    weather: Entry = ("Fog over the harbour until noon", f"{SITE}/fog", None)
    desk.prints(desk.plain, [HISTORY, *news, weather])
    desk.service.start()
    desk.service.await_page()
    desk.grows("session", "canonical", 2)
    desk.grows("campaign", "canonical", 2)
    # By the new rule's key alone: another session's address is the same story.
    news[0] = (news[0][0], f"{SITE}/maren?sid=8", None)
    desk.prints(desk.plain, [HISTORY, *news, weather])
    desk.grows("session", "url", 2)
    assert desk.numbers() == (2 + len(NEWS), len(NEWS))

    # The slug of a story is edited; its GUID stays.
    news[2] = (news[2][0], f"{SITE}/2026/velm-talks-end", "velm-1")
    desk.prints(desk.plain, [HISTORY, *news, weather])
    desk.grows("slug", "canonical", 2)

    # The site moves to https, and the feed with it: first by a redirect, then in the configuration.
    moved = [https(entry) for entry in (HISTORY, *news, weather)]
    desk.prints(desk.secure, moved)
    target = (("Location", f"{desk.secure.url}/feed"),)
    desk.plain.pages["/feed"] = Page(status=301, headers=target)
    for name in NEWS:
        desk.grows(name, "url", {"session": 3, "slug": 3}.get(name, 2))
    desk.edit_feed(url=f"{desk.secure.url}/feed")
    assert desk.service.call("config", "apply").code == 0
    times = desk.plain.times("/feed")
    asked = len(desk.secure.asked)
    wait_until(lambda: len(desk.secure.asked) >= asked + 2, 60, "the feed's new address to be read")
    assert desk.plain.times("/feed") == times

    assert desk.numbers() == (2 + len(NEWS), len(NEWS))
    # And news is still told.
    late: Entry = ("A truce after all, says the governor", "https://harbour-post.example/governor", None)
    desk.prints(desk.secure, [*moved, late])
    desk.await_numbers(3 + len(NEWS), len(NEWS) + 1)
    after = desk.keys()
    assert all(sum(after[title].values()) >= sum(kinds.values()) for title, kinds in before.items())
    assert "Traceback" not in desk.service.log.read_text()
