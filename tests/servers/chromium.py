"""The browser for tests of pages: Chromium from the system's packages (`make servers`)."""

import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome")


def path() -> str | None:
    """Return the browser's program, or None."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def missing() -> str | None:
    """Return why no browser can be started here, or None."""
    return None if path() else "Chromium is not installed (make servers)"
