"""The door of the acts for texts: whoever asks, what they write comes in as one bounded line, in normal form.

An act says how long each of its texts may be by its type (alertd.core.text); `taking_texts` reads that from
the act, and from the values it is handed. A plain `str` in either is a mistake of ours and raises TypeError
at the first call, so that a new door cannot forget it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping
from dataclasses import is_dataclass, replace
from functools import cache, wraps
from types import UnionType
from typing import Annotated, Any, ParamSpec, TypeVar, Union, get_args, get_origin, get_type_hints

from alertd.core.text import AtMost, Ours
from alertd.engine.ruling.refusal import fit_or_refuse

P = ParamSpec("P")
R = TypeVar("R")
_HERE = __name__.rpartition(".")[0]
#: brings a value into form; `what` names it
_Fitting = Callable[[Any, str], Any]


def taking_texts(act: Callable[P, R]) -> Callable[P, R]:
    """An act whose texts are brought into form before it begins.

    Raises Refused: "unfit-text" and "long-text", whose `what` is the name of the parameter or field.
    """
    signature = inspect.signature(act)

    @wraps(act)
    def door(*args: P.args, **kwargs: P.kwargs) -> R:
        given = signature.bind(*args, **kwargs)
        fittings = fittings_of(act)
        for name, value in given.arguments.items():
            if name in fittings:
                given.arguments[name] = fittings[name](value, name)
        return act(*given.args, **given.kwargs)

    return door


@cache
def fittings_of(act: Callable[..., Any]) -> Mapping[str, _Fitting]:
    """What brings each parameter of an act, or field of a value it takes, into form; texts only."""
    hints = get_type_hints(act, include_extras=True)
    hints.pop("return", None)
    found = {name: _fitting(hint, f"{act.__name__}: {name}") for name, hint in hints.items()}
    return {name: fitting for name, fitting in found.items() if fitting is not None}


def _fitting(hint: Any, where: str) -> _Fitting | None:
    """None for what holds no text. Raises TypeError for a text without a bound."""
    if hint is str:
        raise TypeError(f"{where} takes a text of any length: see alertd.core.text")
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _of_text(hint, where)
    if origin in (Union, UnionType):
        inner = [fitting for part in parts if (fitting := _fitting(part, where)) is not None]
        return _first_of(inner) if inner else None
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _of_mapping(_fitting(parts[0], where), _fitting(parts[1], where))
    if isinstance(origin, type) and issubclass(origin, Collection) and parts:
        return _of_several(_fitting(parts[0], where))
    if isinstance(hint, type) and is_dataclass(hint) and hint.__module__.startswith(_HERE):
        return _of_value(hint)
    return None


def _of_text(hint: Any, where: str) -> _Fitting | None:
    for mark in get_args(hint)[1:]:
        if isinstance(mark, AtMost):
            most = mark.characters
            return lambda text, what: fit_or_refuse(text, most, what)
        if isinstance(mark, Ours):
            return None
    return _fitting(get_args(hint)[0], where)


def _first_of(inner: list[_Fitting]) -> _Fitting:
    # What a union holds besides one kind of text (None, a day) has no text.
    (only,) = inner
    return lambda value, what: only(value, what) if isinstance(value, str) or is_dataclass(value) else value


def _of_several(inner: _Fitting | None) -> _Fitting | None:
    if inner is None:
        return None
    return lambda values, what: type(values)([inner(each, what) for each in values])


def _of_mapping(of_key: _Fitting | None, of_value: _Fitting | None) -> _Fitting | None:
    if of_key is None and of_value is None:
        return None

    def fit(values: Mapping[Any, Any], what: str) -> dict[Any, Any]:
        return {
            (of_key(key, what) if of_key else key): (of_value(value, what) if of_value else value)
            for key, value in values.items()
        }

    return fit


def _of_value(kind: type) -> _Fitting | None:
    fittings = fittings_of(kind)
    if not fittings:
        return None

    def fit(value: Any, _: str) -> Any:
        new = {name: fitting(getattr(value, name), name) for name, fitting in fittings.items()}
        return replace(value, **new)

    return fit
