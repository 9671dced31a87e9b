"""Admins' files to core objects, every fault with file:line:column. Imports only core."""

from alertd.config.channel_settings import EmailSettings, InboxSettings, TelegramSettings
from alertd.config.channels import ChannelConfig
from alertd.config.faults import Fault
from alertd.config.last_good import Settled, load_with_last_good
from alertd.config.node import LoadedNode, NodeConfig, find_config, load_node
from alertd.config.register import CalendarInput, Loaded, load_register
from alertd.config.schema import schema_text, schemas
from alertd.config.secret import Secret, SecretMissing
from alertd.config.sources import read_source, read_texts

__all__ = [
    "CalendarInput",
    "ChannelConfig",
    "EmailSettings",
    "Fault",
    "InboxSettings",
    "Loaded",
    "LoadedNode",
    "NodeConfig",
    "Secret",
    "SecretMissing",
    "Settled",
    "TelegramSettings",
    "find_config",
    "load_node",
    "load_register",
    "load_with_last_good",
    "read_source",
    "read_texts",
    "schema_text",
    "schemas",
]
