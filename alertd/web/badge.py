"""How a unit stands, as one small picture for somebody's own page: a name, a count, a colour and a word."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from html import escape

from alertd.core.standing import Colour
from alertd.engine.reporting.board import Light
from alertd.saying.voice import Voice

KIND = "image/svg+xml"
#: each on white letters with a contrast of 4.5 at least (WCAG 2.2, 1.4.3)
_PAINT = {Colour.RED: "#b3261e", Colour.YELLOW: "#8a5a00", Colour.GREY: "#5f6368", Colour.GREEN: "#1b6e35"}
_NARROW, _WIDE, _AROUND = 7, 12, 8  # pixels
_SVG = """<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="22" role="img" aria-label="{said}">
<title>{said}</title>
<rect width="{whole}" height="22" rx="4" fill="{paint}"/>
<path d="M4 0h{left_less}v22H4a4 4 0 0 1-4-4V4a4 4 0 0 1 4-4z" fill="#3c4043"/>
<g fill="#fff" font-family="sans-serif" font-size="12" text-anchor="middle">
<text x="{left_middle}" y="15">{name}</text>
<text x="{right_middle}" y="15">{counted}</text>
</g>
</svg>
"""


def badge_of(unit: str, lights: Iterable[Light], voice: Voice) -> str:
    """The worst colour of a unit, and how many of its deadlines have it."""
    light = next((each for each in lights if each.name == unit), Light(unit))
    colour, count = worst_of(light)
    words = voice.words
    counted = words.say("api.badge", count=count, colour=words.say(f"cli.board.{colour}"))
    return drawn(words.text(voice.world.party_name(unit)), counted, colour)


def worst_of(light: Light) -> tuple[Colour, int]:
    """The colour that presses most, and how many have it; green where nothing is open."""
    for colour in (Colour.RED, Colour.YELLOW, Colour.GREY):
        if count := getattr(light, colour):
            return colour, count
    return Colour.GREEN, light.green


def drawn(name: str, counted: str, colour: Colour) -> str:
    """The picture, as wide as its words."""
    left, right = _width(name), _width(counted)
    return _SVG.format(
        whole=left + right,
        left_less=left - 4,
        left_middle=left / 2,
        right_middle=left + right / 2,
        paint=_PAINT[colour],
        name=escape(name),
        counted=escape(counted),
        said=escape(f"{name}: {counted}"),
    )


def _width(text: str) -> int:
    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in text)
    return wide * _WIDE + (len(text) - wide) * _NARROW + 2 * _AROUND
