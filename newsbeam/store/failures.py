"""What the databases' exceptions mean in newsbeam's words: the one translation, by error code."""

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from newsbeam.errors import DataRefused, NewsbeamError, StoreUnavailable

_UNPREPARED = "has no newsbeam tables, or those of another version: start newsbeam once to prepare it"

_SQLITE = {  # https://www.sqlite.org/rescode.html, primary codes
    "SQLITE_FULL": "the disk is full: free some space, nothing was lost",
    "SQLITE_READONLY": "the file or its folder is read-only: check its owner and permissions",
    "SQLITE_CANTOPEN": "the file cannot be opened: check that its folder exists and can be written",
    "SQLITE_PERM": "access is denied: check the file's owner and permissions",
    "SQLITE_BUSY": "another process holds it for too long",
    "SQLITE_LOCKED": "another connection holds it for too long",
    "SQLITE_IOERR": "reading or writing the disk failed",
    "SQLITE_CORRUPT": "the file is damaged: restore a backup",
    "SQLITE_NOTADB": "the file is no SQLite database",
}

_POSTGRES = {  # https://www.postgresql.org/docs/current/errcodes-appendix.html, class or whole code
    "08": "the connection failed",
    "25006": "the server accepts only reading: is it a replica?",
    "28": "the server refuses this user or password",
    "3D000": "there is no such database on the server",
    "42P01": _UNPREPARED,
    "42703": _UNPREPARED,
    "42501": "this user lacks a permission",
    "53100": "the server's disk is full",
    "53": "the server has no room (connections or memory)",
    "55P03": "another process holds the lock for too long",
    "57014": "a statement took longer than the limit",
    "57P": "the server is shutting down or starting",
    "40": "the server ended the transaction in a conflict",
    "58": "the server's disk failed",
}


def translate(error: SQLAlchemyError, url: str) -> NewsbeamError:
    """Return newsbeam's exception for one of the database's, with what is wrong, where, and what to do."""
    if isinstance(error, (IntegrityError, DataError)) or _is_over_a_limit(error):
        return DataRefused(f"the store {url} refuses this data: {_first_line(error)}")
    if isinstance(error, PoolTimeout):
        return StoreUnavailable(f"the store {url}: every connection is in use; raise the pool's size")
    meaning = _meaning(error)
    detail = _first_line(error)
    return StoreUnavailable(
        f"the store {url}: {meaning} ({detail})" if meaning else f"the store {url}: {detail}"
    )


def _is_over_a_limit(error: SQLAlchemyError) -> bool:
    """Whether PostgreSQL says that a value is too long for a row or an index, which it calls operational."""
    state = getattr(error.orig, "sqlstate", None) if isinstance(error, DBAPIError) else None
    return isinstance(state, str) and state.startswith("54")


def _meaning(error: SQLAlchemyError) -> str | None:
    original = error.orig if isinstance(error, DBAPIError) else None
    name = getattr(original, "sqlite_errorname", None)
    if isinstance(name, str):
        if name == "SQLITE_ERROR" and str(original).startswith("no such"):  # the code alone does not tell
            return _UNPREPARED
        return next((told for code, told in _SQLITE.items() if name.startswith(code)), None)
    state = getattr(original, "sqlstate", None)
    if isinstance(state, str):
        return next((_POSTGRES[code] for code in (state, state[:3], state[:2]) if code in _POSTGRES), None)
    return None


def _first_line(error: SQLAlchemyError) -> str:
    original = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    return next(iter(str(original).strip().splitlines()), type(original).__name__)
