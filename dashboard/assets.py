"""The files that pages load: our own, and the chart script out of its package; hashed, compressed once."""

import gzip
import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable

import brotli  # type: ignore[import-untyped]
from starlette.datastructures import Headers
from starlette.responses import Response

_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
_FOREVER = "public, max-age=31536000, immutable"
_OWN = ("app.css", "app.js", "chart.js", "icon.svg")


@dataclass(frozen=True)
class Asset:
    """One file as it is served."""

    name: str
    content: bytes
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "digest", hashlib.sha256(self.content).hexdigest()[:16])

    @property
    def media_type(self) -> str:
        """The content type, by the name's ending."""
        return _TYPES[self.name.rpartition(".")[2]]

    @cached_property
    def gzipped(self) -> bytes:
        """The content for clients that take gzip."""
        return gzip.compress(self.content, 6, mtime=0)

    @cached_property
    def brotlied(self) -> bytes:
        """The content for clients that take brotli."""
        return bytes(brotli.compress(self.content, quality=9))


class Assets:
    """Every file that pages may load, by name."""

    def __init__(self) -> None:
        own = files("dashboard") / "static"
        found = [Asset(name, (own / name).read_bytes()) for name in _OWN]
        found.append(Asset("vendor/chart.js", _chart_script().read_bytes()))
        self._assets = {asset.name: asset for asset in found}

    def address(self, name: str) -> str:
        """The path of a file; it changes with the content, so browsers keep it for good."""
        return f"/static/{self._assets[name].digest}/{name}"

    def answer(self, digest: str, name: str, headers: Headers) -> Response:
        """Serve a file, in the best encoding that the client takes."""
        asset = self._assets.get(name)
        if asset is None:
            return Response("no such file\n", status_code=404, media_type="text/plain")
        accepted = {part.partition(";")[0].strip() for part in headers.get("accept-encoding", "").split(",")}
        content, encoding = asset.content, None
        if "br" in accepted:
            content, encoding = asset.brotlied, "br"
        elif "gzip" in accepted:
            content, encoding = asset.gzipped, "gzip"
        answer = Response(content, media_type=asset.media_type)
        answer.headers["cache-control"] = _FOREVER if digest == asset.digest else "no-cache"
        answer.headers["vary"] = "accept-encoding"
        if encoding:
            answer.headers["content-encoding"] = encoding
        return answer


def _chart_script() -> Traversable:
    """Chart.js as the `chartkick` package ships it (its Django part is not imported)."""
    return files("chartkick") / "django" / "static" / "chartkick" / "Chart.bundle.js"
