"""The manual as tests, one behaviour each: the real engine and the shipped register on virtual time."""
