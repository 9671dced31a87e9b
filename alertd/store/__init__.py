"""What must survive a crash. One code path for SQLite and PostgreSQL; set-up and column types differ."""
