"""Commands about deadlines: what people do to them, and what they ask for.

Here are ack, take-back, hand-over, page, silence, end-silence, done, evidence, reopen, return, verify, waive,
reassign, suspend, resume, restart, extend and decline.
They take deadlines by id or number, or a case, and who acts, and hand the wish to `engine.operations` in one
transaction.

Modules:
    done    ack, done, reopen, take-back, hand-over
    review  return, verify, waive, reassign
    pause   suspend, resume, restart
    extend  extend, decline
    evidence  evidence
    page    page
    silence  silence, end-silence
    doing   how acts on deadlines are declared, carried out and said
"""
