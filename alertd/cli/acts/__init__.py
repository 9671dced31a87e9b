"""Commands about one deadline: what people do to it, and what they ask for.

Here are ack, done, reopen, return, verify, waive, reassign, suspend, resume, restart, extend and decline.
They take a deadline by id or number and who acts, and hand the wish to `engine.operations` in one
transaction.

Modules:
    done    ack, done, reopen
    review  return, verify, waive, reassign
    pause   suspend, resume, restart
    extend  extend, decline
    doing   how acts on one deadline are declared, carried out and said
"""
