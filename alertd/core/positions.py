"""What the positions are called in files: by an id, or in Chinese, in either script.

The first name is the one the messages use (`position` in words.zh-Hant.toml), which a test holds; what
follows is what plans and offices say besides.
"""

from __future__ import annotations

from collections.abc import Mapping

NAMES: Mapping[str, tuple[str, ...]] = {
    "contact": ("聯絡員", "联络员"),
    "assignee": ("承辦人", "承办人"),
    "section-chief": ("科室負責人", "科室负责人", "站所負責人", "站所负责人"),
    "leader-in-charge": ("分管領導", "分管领导"),
    "principal": ("主要負責人", "主要负责人"),
    "duty": ("值班員", "值班员"),
    "duty-leader": ("帶班領導", "带班领导"),
    "receiver": ("受理單位聯絡員", "受理单位联络员", "受理單位", "受理单位"),
    "co-lead": ("其他牽頭單位聯絡員", "其他牵头单位联络员", "其他牽頭單位", "其他牵头单位"),
    "supervisor": ("督查室聯絡員", "督查室联络员", "督查室"),
}

POSITIONS = tuple(NAMES)
#: found through the obligation and the supervising unit; the others are held by people
BY_DUTY = ("receiver", "co-lead", "supervisor")

_BY_NAME = {name: position for position, names in NAMES.items() for name in (position, *names)}


def position_called(text: str) -> str | None:
    """The id of the position that is called so."""
    return _BY_NAME.get(text.strip())
