"""What an address of the API is: method, path, what a token must be good for, what goes in and comes out.

The row of the table says all that is about every address: the server, the document and the tests read it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from alertd.core.permits import May
from alertd.core.sights import Sight
from alertd.engine.operations.tokens import Bearer
from alertd.engine.ruling.scope import Scope
from alertd.messages.catalogue import Catalogue
from alertd.messages.dates import catalogue
from alertd.web.api.given import Given
from alertd.web.asking import Asked
from alertd.web.backing import Backing
from alertd.web.page import File

#: where all of it stands
BASE = "/api/v1"
JSON = "application/json"


def is_of_api(path: str) -> bool:
    """Whether an address is one for other systems, there or not."""
    return path.startswith("/api/")


class Reply(BaseModel):
    """What comes out, in plain values. Instants are aware; they are written in the configured zone."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class NoBody(Given):
    """Nothing has to be said."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One request, within one transaction. `placed` is what stands in the path, `language` the reader's."""

    scope: Scope
    bearer: Bearer
    placed: Mapping[str, str]
    asked: Any
    language: str
    headers: Mapping[str, str]
    backing: Backing

    @property
    def words(self) -> Catalogue:
        """The words of whoever reads it."""
        return catalogue(self.language)

    @property
    def number(self) -> int:
        """The number in the path."""
        return int(self.placed["number"])


@dataclass(frozen=True, slots=True)
class Replied:
    """A reply with another status than usual, or as another kind of text."""

    reply: Reply | str
    status: int = 200


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address. `takes` is what follows a "?" of a GET, and the body of a POST.

    `writes` says that it does something; a POST that does not only looks. `gives` is None for what is no
    JSON, but of `kind`. `reads` takes other bodies than plain JSON: the kind `form`, as programs are told;
    files may be in it where it `uploads`. What is `apart` looks at files of this node, and gets an Apart as
    pages do: it is in no transaction.
    """

    method: str
    path: str
    name: str  # as programs call it
    says: str  # one sentence in English
    sight: Sight
    may: May
    work: Callable[[Any], Reply | Replied | File]
    gives: type[Reply] | None
    takes: type[Given] = NoBody
    status: int = 200
    kind: str = JSON
    reads: Callable[[Asked], Given] | None = None
    form: str = JSON
    apart: bool = False
    uploads: bool = False

    @property
    def writes(self) -> bool:
        return self.method == "POST" and not self.path.endswith(READ_BACK)

    @property
    def about(self) -> str:
        """The first word of the path: what it is about."""
        return self.path.removeprefix(BASE).split("/")[1].partition(".")[0]


#: ends the path of a POST that changes nothing: what the act beside it would do
READ_BACK = "/read-back"


def written(reply: Reply, zone: ZoneInfo) -> str:
    """A reply as JSON, its instants in the configured zone."""

    def plain(value: Any) -> Any:
        return value.astimezone(zone).isoformat() if hasattr(value, "astimezone") else str(value)

    return json.dumps(reply.model_dump(by_alias=True), ensure_ascii=False, default=plain)
