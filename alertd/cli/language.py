"""Which language a command speaks: found before anything is parsed, so that usage errors speak it too."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

LANGUAGES = ("zh-Hant", "zh-Hans", "en")
DEFAULT = "zh-Hant"


def language_of(config: str | None, environ: Mapping[str, str], cwd: Path) -> str:
    """The `language` of the configuration, else $ALERTD_LANGUAGE, else traditional Chinese. Never raises."""
    from alertd.config.node import find_config
    from alertd.config.sources import read_regular

    path = find_config(config, environ, cwd)
    if isinstance(path, Path):
        try:
            found = tomllib.loads(read_regular(path).decode("utf-8-sig")).get("language")
        except (OSError, ValueError, RecursionError):
            found = None
        if found in LANGUAGES:
            return str(found)
    named = environ.get("ALERTD_LANGUAGE", "")
    return named if named in LANGUAGES else DEFAULT


def config_argument(argv: Sequence[str]) -> str | None:
    """What stands behind `--config` before the first command; parsing proper comes later."""
    for number, word in enumerate(argv):
        if word == "--config" and number + 1 < len(argv):
            return argv[number + 1]
        if word.startswith("--config="):
            return word.partition("=")[2]
        if not word.startswith("-") and (number == 0 or argv[number - 1] != "--config"):
            return None
    return None
