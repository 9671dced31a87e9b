"""Admins' files to core objects, every fault with file:line:column. Imports only core.

Modules:
    node              config.toml: where everything lies
    readers           whether the readers of the bulletin are positions or people
    channels          channels/*.toml
    watch_shapes      [heartbeat] and [[feed]] of config.toml
    floors            national minimum periods a plan may fall below
    at_once           duties due at once whose policy says nothing then
    register          the texts of schedules/ to one register, or to all faults in one go
    files             which file holds what
    sources           bytes to text: encodings, sizes, what cannot be read
    stamps            what tells that a file was written, moved or replaced
    web_shapes        the shape of [web]
    openid_shapes     the shape of [web.openid]
    rest_shapes  when people are left in peace, as files write it
    workbooks         Excel workbooks to CSV text, whatever is wrong with them
    documents         one text with the means to point into it
    toml_syntax       TOML with every syntax fault in one go
    toml_positions    where every key and value stands
    toml_traps        what input methods and word processors leave behind
    csv_tables        rows of people.csv and roster.csv; their columns are the fields of a shape
    notice            the State Council's holiday notice, as pasted
    notice_text       the notice in a pasted page: its title, its parts, where it ends
    notice_orders     what one part orders: days off, weekend days worked, advice
    notice_dates      dates as such a notice writes them
    notice_law        the statutory days of each year, against which a notice is held
    notice_years      a notice and the years of the calendar: the years with the notice
    calendar_edit     enters whole years in calendar.toml
    year_edit         moves the duties of one plan year into the next
    node_shapes       the tables of config.toml
    shapes            the tables of directory, event types, calendar
    duty_shapes       the tables of policies and obligations
    mail_in_shapes    the table of mail that comes in
    measure_shapes    the tables of measures
    gate_shapes       the tables of gates.toml
    roster_shapes     the tables of duty.toml
    duty_sheet        shifts of a sheet or a calendar, into duty.toml
    values            the kinds of values, each with its check and schema
    checking          one table against its shape
    references        everything named must exist, and has one name
    said              what a file says no more, against what it said before
    last_good         the last good text stands in for a broken file
    core_texts        what core objects to in a short text, in words
    faults            a fault: where, what was found, what was expected, what to do
    schema            JSON Schemas for editors
    edit              changes the one value a command changes in a TOML file
    toml_write        values as TOML text
    unit_list         a pasted list or a sheet of units to units with ids
    blocks            a TOML file in parts: its top, and each table with its remarks
    city_sheets       the sheets of a city's workbook, and which column holds which key
    city_rows         tables of the files to cells
    city_book         the cells as an Excel workbook
    city_read         a workbook to tables, every fault at its cell
    city_edit         tables into the files: what is the same stays as it was typed
    city_people       rows of people.csv that stay, change, go and come
    start             the texts of a new city's files, from what was asked
    sums              quotas that are the sum of others: what adds up
    secret            passwords and tokens: named in files, kept elsewhere
    secret_places     where a file says a secret lies, and from there to the secret
    channel_settings  the keys of channels/*.toml, for each transport
"""

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
