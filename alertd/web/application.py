"""The application that a server runs: the table of pages as routes, and what is served besides."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar
from urllib.parse import parse_qsl, quote, urlsplit

import anyio
import anyio.to_thread
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as Served
from starlette.routing import compile_path
from starlette.types import ASGIApp, Scope

from alertd.config.web_shapes import WebSettings
from alertd.web.answering import LINK, Answer, answer, knows, not_found
from alertd.web.api import answering, openapi, problems
from alertd.web.api.endpoint import BASE, JSON, Endpoint, is_of_api
from alertd.web.asking import SESSION, Asked, caller_of, cookie_name
from alertd.web.backing import Backing
from alertd.web.drawing import style
from alertd.web.guarding import LARGEST_BODY, Guard
from alertd.web.page import Route
from alertd.web.routes import ENDPOINTS, ROUTES
from alertd.web.told import told_routes
from alertd.web.uploading import MOST_FIELDS, Form, UnreadForm, form_of, is_multipart
from alertd.web.watched import Watched

#: pages drawn at the same time: each holds a connection to the store, and the interpreter while it draws, so
#: that with four of them none came sooner
AT_ONCE = 2
#: pages that wait for somebody else's server at the same time; they hold nothing meanwhile
AFAR_AT_ONCE = 16
_YEAR = 365 * 24 * 3600
_Row = TypeVar("_Row", Route, Endpoint)
_Endpoint = Callable[[Request], Awaitable[Response]]


def application(backing: Backing) -> ASGIApp:
    """All pages over what stands behind them."""
    limiter: list[anyio.CapacityLimiter] = []  # made within the loop that serves
    waiting: list[anyio.CapacityLimiter] = []  # the same for pages that ask afar

    def served(route: _Row, answerer: Callable[[Backing, _Row, Asked], Answer]) -> Served:
        asked, afar = partial(answerer, backing, route), getattr(route, "afar", False)
        work = _endpoint(asked, waiting, AFAR_AT_ONCE) if afar else _endpoint(asked, limiter, AT_ONCE)
        return Served(route.path, work, methods=[route.method], name=route.path)

    async def sheet(request: Request) -> Response:
        headers = {"cache-control": f"public, max-age={_YEAR}, immutable"}
        return Response(style()[1], media_type="text/css", headers=headers)

    async def described(request: Request) -> Response:
        return Response(openapi.text(), media_type=JSON, headers={"cache-control": "no-cache"})

    async def missing(request: Request, fault: Exception) -> Response:
        status, asked = getattr(fault, "status_code", 404), await asked_of(request)
        if is_of_api(request.url.path):
            allow = (getattr(fault, "headers", None) or {}).get("Allow", "")
            return _response(answering.not_found(backing, asked, status, allow))
        # What rules may have to be read for it, which the loop that serves everybody does not wait for.
        return _response(await anyio.to_thread.run_sync(partial(not_found, backing, asked, status)))

    routes = [served(route, answer) for route in ROUTES]
    routes += [served(endpoint, answering.answer) for endpoint in ENDPOINTS]
    routes += [Served(f"{BASE}/openapi.json", described)]
    routes += [Served(f"/static/{style()[0]}", sheet), *Watched(backing).routes(), *told_routes(backing)]
    app = Starlette(routes=routes, exception_handlers={404: missing, 405: missing})
    app.router.redirect_slashes = False
    return Guard(app, hosts_of(backing.settings), _Uploads(backing), problems.at_the_door)


def hosts_of(settings: WebSettings) -> frozenset[str]:
    """What browsers may call this server: its public name, or that of the address it listens at."""
    found = {urlsplit(settings.public_url).netloc} if settings.public_url else set()
    if settings.listen is not None:
        found.add(urlsplit(settings.listen.url).netloc)
        if settings.listen.loopback:
            found.add(f"localhost:{settings.listen.port}")
    return frozenset(found)


async def asked_of(request: Request) -> Asked:
    """A request as plain values."""
    body, unread = await request.body(), ""
    form = Form()
    try:
        form = _form_of(request, body)
    except UnreadForm as fault:
        unread = fault.code
    given: dict[str, str] = {}
    several: dict[str, tuple[str, ...]] = {}
    for name, value in form.fields:
        given.setdefault(name, value)
        several[name] = (*several.get(name, ()), value)
    given |= {name: str(value) for name, value in request.path_params.items()}
    headers = request.headers
    return Asked(
        method=request.method,
        path=request.url.path,
        given=given,
        cookies=request.cookies,
        secure=request.url.scheme == "https",
        host=headers.get("host", ""),
        origin=headers.get("origin", ""),
        site=headers.get("sec-fetch-site", ""),
        browser=headers.get("user-agent", ""),
        caller=caller_of(request.client.host) if request.client else "",
        languages=headers.get("accept-language", ""),
        headers=headers,
        placed={name: str(value) for name, value in request.path_params.items()},
        query=request.url.query,
        body=b"" if form.files else body,
        several=several,
        files=tuple(form.files),
        unread=unread,
    )


def _form_of(request: Request, body: bytes) -> Form:
    """The fields of the form, or of the address. Raises UnreadForm."""
    kind = request.headers.get("content-type", "")
    if request.method == "POST" and is_multipart(kind):
        return form_of(kind, body)
    text = body.decode("utf-8", "replace") if request.method == "POST" else request.url.query
    try:
        return Form(parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:  # too many
        return Form()


class _Uploads:
    """Which pages take files, from whom, and how much at once (guarding.Larger)."""

    def __init__(self, backing: Backing) -> None:
        self._backing = backing
        paths = [route.path for route in ROUTES if route.uploads]
        paths += [endpoint.path for endpoint in ENDPOINTS if endpoint.uploads]
        self._paths = [compile_path(path)[0] for path in paths]

    def most(self, scope: Scope) -> int:
        takes = any(path.fullmatch(scope["path"]) for path in self._paths)
        return LARGEST_BODY + self._backing.settings.upload_megabytes * 2**20 if takes else 0

    async def admits(self, scope: Scope) -> bool:
        request = Request(scope)
        if is_of_api(scope["path"]):
            holds = partial(answering.knows, self._backing, request.headers.get("authorization", ""))
            return await anyio.to_thread.run_sync(holds)
        secret = request.cookies.get(cookie_name(SESSION, request.url.scheme == "https"), "")
        found = next(filter(None, (path.fullmatch(scope["path"]) for path in self._paths)))
        link = found.groupdict().get(LINK, "")
        known = partial(knows, self._backing, secret, link)
        return bool(secret or link) and await anyio.to_thread.run_sync(known)


def _endpoint(
    answered: Callable[[Asked], Answer], limiter: list[anyio.CapacityLimiter], most: int
) -> _Endpoint:
    async def endpoint(request: Request) -> Response:
        if not limiter:
            limiter.append(anyio.CapacityLimiter(most))
        work = partial(answered, await asked_of(request))
        return _response(await anyio.to_thread.run_sync(work, limiter=limiter[0]))

    return endpoint


def _response(answered: Answer) -> Response:
    headers = dict(answered.headers) | ({"location": answered.location} if answered.location else {})
    if answered.name:  # RFC 6266 section 4.3
        headers["content-disposition"] = f"attachment; filename*=UTF-8''{quote(answered.name, safe='')}"
    response = Response(answered.body, answered.status, headers, answered.kind)
    for cookie in answered.cookies:
        response.raw_headers.append((b"set-cookie", cookie.encode("latin-1")))
    return response
