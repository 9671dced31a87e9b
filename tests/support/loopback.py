"""The servers of tests: those of alertd.testing, which authors of adapters have too."""

from alertd.testing.loopback import Answering, listening

__all__ = ["Answering", "listening"]
