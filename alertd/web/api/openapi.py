"""The document of the API (OpenAPI 3.1), made of the table and its types: nothing in it is written twice.

Its schemas are those of JSON Schema 2020-12, which OpenAPI 3.1 takes as they are. It names no event types:
those are of the register, and `problem` lists them where one is not known.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from alertd import __version__
from alertd.config.schema import schema_text
from alertd.web.api import cloudevents, problems
from alertd.web.api.endpoint import JSON, Endpoint
from alertd.web.api.table import ENDPOINTS

_REF = "#/components/schemas/{model}"
_PLACED = re.compile(r"\{(\w+)(?::int)?\}")
_LARGEST_NUMBER = 2**53 - 1
_ABOUT = """Deadlines, cases and events of an alertd, for other systems.

Every request carries a token of the office (`alertd token new`): `Authorization: Bearer TOKEN`. `x-may` says
what it must be good for. Problems are those of RFC 9457, in the language of `Accept-Language` (en, zh-Hant,
zh-Hans); their `code` is for programs. Instants are RFC 3339 with their zone. What is not named is refused.
CloudEvents are taken in binary mode too: the attributes as `ce-` headers, the data as the body."""
_FAULTS = {
    "400": "It cannot be read.",
    "401": "There is no token, or none that is good.",
    "403": "This token, or whom it acts for, may not.",
    "404": "There is none, or none that this token sees.",
    "409": "Not as things stand; or the same id with other content.",
    "408": "The body did not come in time; nothing was done.",
    "413": "The body is larger than may be; nothing was done.",
    "415": "The body is of another kind.",
    "421": "The server is not called so: Host has to be one of its names.",
    "422": "A field is wrong, or what is asked makes no sense.",
    "503": "The store cannot be used at present; nothing was done.",
}
_OF_BODIES = ("408", "409", "413", "415")


@cache
def document() -> dict[str, Any]:
    """The whole document."""
    refs, components = _schemas()
    paths: dict[str, Any] = {}
    for endpoint in ENDPOINTS:
        path = _PLACED.sub(r"{\1}", endpoint.path)
        paths.setdefault(path, {})[endpoint.method.lower()] = _operation(endpoint, refs)
    return {
        "openapi": "3.1.0",
        "info": {"title": "alertd", "version": __version__, "description": _ABOUT},
        "paths": paths,
        "components": {
            "schemas": components,
            "responses": {code: _problem(said) for code, said in _FAULTS.items()},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


def text() -> str:
    """The same as it is served and kept."""
    return schema_text(document())


def _schemas() -> tuple[dict[type[BaseModel], Any], dict[str, Any]]:
    """A reference for each type that goes in or comes out, and what stands there."""
    wanted: dict[tuple[type[BaseModel], Any], None] = {(problems.Problem, "serialization"): None}
    for endpoint in ENDPOINTS:
        wanted[endpoint.takes, "validation"] = None
        if endpoint.gives is not None:
            wanted[endpoint.gives, "serialization"] = None
    wanted[cloudevents.Data, "validation"] = None
    refs, schema = models_json_schema(list(wanted), ref_template=_REF)
    return {model: ref for (model, _), ref in refs.items() if issubclass(model, BaseModel)}, schema["$defs"]


def _operation(endpoint: Endpoint, refs: dict[type[BaseModel], Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": endpoint.says,
        "tags": [endpoint.about],
        "x-may": str(endpoint.may),
        "parameters": [*_placed(endpoint), *_query(endpoint), *_headers(endpoint)],
        "responses": _responses(endpoint, refs),
    }
    if endpoint.method == "POST":
        found["requestBody"] = {"required": True, "content": _bodies(endpoint, refs)}
    return found


def _placed(endpoint: Endpoint) -> list[dict[str, Any]]:
    number = {"type": "integer", "minimum": 1, "maximum": _LARGEST_NUMBER}
    name = {"type": "string", "pattern": "^[A-Za-z0-9.-]{1,160}$"}
    return [
        {"name": each, "in": "path", "required": True, "schema": number if each == "number" else name}
        for each in _PLACED.findall(endpoint.path)
    ]


def _query(endpoint: Endpoint) -> list[dict[str, Any]]:
    if endpoint.method != "GET":
        return []
    schema = endpoint.takes.model_json_schema(ref_template=_REF)
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": _plain(each, schema)}
        for name, each in schema.get("properties", {}).items()
    ]


def _plain(schema: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    """What stands in an address: a text, so there is no null, and what is referred to stands in its place."""
    kinds = [each for each in schema.get("anyOf", []) if each != {"type": "null"}]
    found = kinds[0] if len(kinds) == 1 else {"anyOf": kinds} if kinds else dict(schema)
    if "$ref" in found:
        found = whole["$defs"][str(found["$ref"]).rpartition("/")[2]]
    named = {"title", "description", "default"} & schema.keys()
    kept = {name: each for name, each in found.items() if name not in ("title", "default")}
    return kept | {name: schema[name] for name in named - {"title"} if schema[name] is not None}


def _headers(endpoint: Endpoint) -> list[dict[str, Any]]:
    """What binary CloudEvents say in headers is not among them: the content is described as structured."""
    if not endpoint.writes:
        return []
    says = "a text of the sender’s for this request: again, it gets the same answer and nothing is done twice"
    schema = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!#-~]+$"}
    return [{"name": "Idempotency-Key", "in": "header", "description": says, "schema": schema}]


def _bodies(endpoint: Endpoint, refs: dict[type[BaseModel], Any]) -> dict[str, Any]:
    if endpoint.reads is None:
        return {JSON: {"schema": refs[endpoint.takes]}}
    return {endpoint.form: {"schema": refs[endpoint.takes]}}


def _responses(endpoint: Endpoint, refs: dict[type[BaseModel], Any]) -> dict[str, Any]:
    schema = refs[endpoint.gives] if endpoint.gives is not None else {"type": "string"}
    done = {
        "description": "Done." if endpoint.writes else "This.",
        "content": {endpoint.kind: {"schema": schema}},
    }
    found = {str(endpoint.status): done}
    if endpoint.status == 201:
        found["200"] = {**done, "description": "Known already: nothing was done."}
    body = endpoint.method == "POST"
    faults = [code for code in _FAULTS if body or code not in _OF_BODIES]
    return found | {code: {"$ref": f"#/components/responses/{code}"} for code in faults}


def _problem(said: str) -> dict[str, Any]:
    return {
        "description": said,
        "content": {problems.KIND: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
