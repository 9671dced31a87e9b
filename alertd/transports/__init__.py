"""The code that speaks to one kind of provider each. A transport makes one attempt and says what came of it."""
