"""Commands for who keeps the node.

Here are run, doctor, nodes, db, outbox, resend, test-send, unblock, mail-in, go-live, init, schema and
completion.
They take the configuration and the store as they are, sound or not, and say what is wrong with them.

Modules:
    run        run, and its first screen
    doctor     doctor
    nodes      nodes
    db         db upgrade, db backup, db copy
    outbox     outbox
    resend     resend
    test_send  test-send
    sms_templates  the texts that are registered with a provider
    unblock    unblock
    mail_in    mail-in
    go_live    go-live
    init       init: the files a new city starts from
    questions  what init asks on a terminal
    laying     many new files at once, all or none
    schema     schema, completion
"""
