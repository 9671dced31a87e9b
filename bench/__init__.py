"""Measurements of alertd, each beside a reference measured in the same run (docs/bench.md)."""
