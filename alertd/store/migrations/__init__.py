"""The one lineage of database versions, for SQLite and PostgreSQL alike."""
