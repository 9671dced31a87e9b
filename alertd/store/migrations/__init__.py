"""The one lineage of database versions, for SQLite and PostgreSQL alike.

A version file is never changed once it was released; `NEWEST` in store/migrating.py names the last one.

Modules:
    env       runs the versions in the transaction it is given
    versions  one file for each version, named by its number
"""
