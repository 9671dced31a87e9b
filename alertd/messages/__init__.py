"""Facts into words for people: Chinese in both scripts and English. No I/O but its own package data."""
