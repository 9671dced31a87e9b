"""Commands for who keeps the node.

Here are run, doctor, nodes, db, outbox, test-send, go-live, init, schema and completion. They take the
configuration and the store as they are, sound or not, and say what is wrong with them.
"""
