"""alertd: a daemon that keeps the deadlines of public bodies and reminds people in time."""

__version__ = "0.1.0"
