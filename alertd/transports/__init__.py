"""The code that speaks to one kind of provider each: one attempt, and what came of it."""
