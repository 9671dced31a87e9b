"""`python -m bench [NAME ...] [--size N] [--quick]`: measure, and print one table."""

from __future__ import annotations

import argparse
import importlib
import logging
import time

import structlog

from bench.report import Figure, table

NAMES = (
    "storing",
    "starting",
    "bursting",
    "promptness",
    "mailing",
    "previewing",
    "supervising",
    "web",
    "imports",
    "nodes",
    "hanging",
    "lying",
    "kills",
    "faults",
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure alertd (docs/bench.md).")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one or more of: {', '.join(NAMES)}")
    parser.add_argument("--size", type=int, help="how many, instead of what the claim says")
    parser.add_argument(
        "--quick", action="store_true", help="small sizes: shows that it runs, proves no figure"
    )
    arguments = parser.parse_args()
    unknown = sorted(set(arguments.names) - set(NAMES))
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; choose from {', '.join(NAMES)}")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    figures: list[Figure] = []
    for name in arguments.names or NAMES:
        module = importlib.import_module(f"bench.{name}")
        began = time.monotonic()
        size = arguments.size or (module.QUICK if arguments.quick else module.SIZE)
        figures += module.run(size, arguments.quick)
        print(f"{name}: {time.monotonic() - began:.0f} s", flush=True)
    print()
    print(table(figures))


if __name__ == "__main__":
    main()
