"""The store's password: from the settings where the address has none, and never in sight."""

import pickle
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from newsbeam.errors import ConfigurationError, StoreUnavailable
from newsbeam.settings import Secret, load
from newsbeam.store.database import StoreSettings, open_store

PASSWORD = "stark-wie-Möwen@7:/"  # noqa: S105 - what an address would need escapes for


@pytest.fixture
def guarded_url(postgres_url: str) -> Iterator[str]:
    """A database's address for a role that must give PASSWORD; the address has none."""
    role = f"desk_{uuid.uuid4().hex[:8]}"
    engine = create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}'"))
        rules = Path(str(connection.execute(text("SHOW hba_file")).scalar_one()))
        rules.write_text(f"host all {role} 127.0.0.1/32 scram-sha-256\n{rules.read_text()}")
        connection.execute(text("SELECT pg_reload_conf()"))
        yield make_url(postgres_url).set(username=role).render_as_string()
        connection.execute(text(f"DROP ROLE {role}"))
    engine.dispose()


def test_a_password_file_opens_what_the_address_alone_does_not(guarded_url: str, tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        open_store(guarded_url, StoreSettings(connect_timeout_s=5)).check()
    secret = tmp_path / "password"
    secret.write_text(PASSWORD + "\n", encoding="utf-8")
    environ = {"NEWSBEAM_STORE__PASSWORD_FILE": str(secret)}
    settings = load(None, {"store": StoreSettings}, environ)["store"]
    opened = open_store(guarded_url, settings)
    elsewhere = pickle.loads(pickle.dumps(opened))  # noqa: S301 - made on the line above
    for store in (opened, elsewhere):
        store.check()
        store.close()
    assert PASSWORD not in f"{opened!r} {opened.url} {settings!r}"


def test_the_password_in_an_address_comes_before_that_of_the_settings(guarded_url: str) -> None:
    whole = make_url(guarded_url).set(password=PASSWORD).render_as_string(hide_password=False)
    store = open_store(whole, StoreSettings(password=Secret("another")))
    store.check()
    store.close()


def test_a_password_for_a_file_is_refused_as_it_would_protect_nothing(sqlite_store_url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"store\.password_file"):
        open_store(sqlite_store_url, StoreSettings(password=Secret("nothing")))
