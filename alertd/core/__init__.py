"""Deadlines, working days, escalation: pure logic. Standard library only, no I/O, no clock, no framework."""
