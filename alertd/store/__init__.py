"""What must survive a crash. SQLite or PostgreSQL through one code path; only database.py and types.py know which."""
