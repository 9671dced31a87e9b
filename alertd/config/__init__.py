"""Admins' files to core objects, every fault with file:line:column. Imports only core."""

from alertd.config.faults import Fault
from alertd.config.register import CalendarInput, Loaded, load_register
from alertd.config.sources import read_source, read_texts

__all__ = ["CalendarInput", "Fault", "Loaded", "load_register", "read_source", "read_texts"]
