"""The login form: the token in, a session cookie out."""

from urllib.parse import parse_qs, urlsplit

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from dashboard.guard import COOKIE
from dashboard.site import SiteOf

router = APIRouter(include_in_schema=False)

LONGEST_FORM = 8192


@router.get("/login")
def show_login(request: Request, site: SiteOf, next: str = "/") -> Response:  # noqa: A002 - the form's own word
    """The form; without a token to ask for, straight on."""
    if not site.guard.asks_token:
        return RedirectResponse(_own_path(next), status_code=303)
    return site.page(request, "login.html", target=_own_path(next), message=None, watch=None)


@router.post("/login")
async def log_in(request: Request, site: SiteOf) -> Response:
    """Check the token and set the cookie."""
    if not site.guard.asks_token:
        return RedirectResponse("/", status_code=303)
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LONGEST_FORM:
            return Response("the form is too large\n", status_code=413, media_type="text/plain")
    form = parse_qs(body.decode("utf-8", "replace"))
    target = _own_path(form.get("next", ["/"])[0])
    now = site.context.now()
    if site.guard.pauses(now):
        message = "Too many wrong tokens: wait a minute."
        return site.page(request, "login.html", status=429, target=target, message=message, watch=None)
    if not site.guard.is_token(form.get("token", [""])[0].strip()):
        site.guard.count_wrong(now)
        message = "That is not the token."
        return site.page(request, "login.html", status=403, target=target, message=message, watch=None)
    answer = RedirectResponse(target, status_code=303)
    answer.set_cookie(
        COOKIE,
        site.guard.session(),
        max_age=30 * 86_400,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return answer


@router.post("/logout")
def log_out() -> Response:
    """Forget the session in this browser."""
    answer = RedirectResponse("/login", status_code=303)
    answer.delete_cookie(COOKIE)
    return answer


def _own_path(target: str) -> str:
    """The path to go on to, `/` for anything that would leave this site."""
    parts = urlsplit(target)
    own = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    return target if own and not parts.netloc and not parts.scheme else "/"
