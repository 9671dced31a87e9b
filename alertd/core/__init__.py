"""Deadlines, working days, escalation: pure logic. Standard library only, no I/O, no clock, no framework.

Modules:
    model        the words of the domain as plain values
    ways         in which order somebody is reached, with waits
    abilities    what each transport can: where one is registered
    timing       durations, rules and limits as plain values
    rules        rule texts
    rule_dates   rule texts that name days: of each period, or of one year
    rule_days    the days within such a text
    rule_hints   the nearest thing that can be said of what cannot be read
    rule_leads   words before a length of time that say where it counts from
    rule_lengths rule texts that say how long after a start, or before
    rule_choices what may stand behind such a length: a second limit
    rule_times   the time of day within a rule text
    doubts       rule texts that may be meant otherwise
    durations    lengths of time and repeats
    steptimes    when a step is reached
    words        the words of those short texts, in English and Chinese
    case_ids     what a case, or an event that is given a name, may be called
    text         text from outside, made fit to be stored, shown and sent
    evidence     what a file that proves a hand-in may be called, and its kind
    text_messages  how the network counts a text message: alphabet, length, parts
    gateways     how a provider is spoken to that a file describes
    phones       telephone numbers as the network writes them
    text_error   what is wrong in a short text, and where
    system_text  what the operating system answers, in Chinese
    limits       from a rule and a start to the limits of one deadline, and why
    history      the limits after every act that was accepted
    clock_run    one run of a clock, and what those acts do to it
    day_by_day   which days and hours of a clock counted, and why the others did not
    turns        the turns of a recurring rule
    periods      years, quarters, months, weeks, and the labels that name them
    period_days  which date a day of a period is
    day_times    several times of a day, and how a label names one
    occurrences  what a calendar rule asks for, one after the other
    bulletins    when the bulletin is mailed by itself, and to whom
    counting     how periods are counted
    calendar     working days
    escalation   which step is reached, who must hear, when to look again
    gates        the results a gate may ask for
    permits      what a token of the API may be good for
    pins         the PIN of an officer: which are fit, what is kept of one
    positions    what the positions are called in files
    directory    who holds a position today
    cards        a message as a card of a messenger, of so many bytes at most
    breaker      whether a channel is ill, by what its provider answered lately
    pacing       when a message leaves, is tried again, and how long an acknowledgement lasts
    resting      hours and days on which somebody is left in peace by day clocks
    measures     quotas and their pace
    roster       where somebody on a roster is counted on a day
    shifts       who is on duty at an instant: turns, shifts, overrides
    supply       when figures are asked for
    severities   what the severity of an event makes of a duty
    never        why a duty of the calendar opens nothing
    validity     from when until when a duty is owed
    standing     how a deadline stands
    sights       who sees what, as a table
    signing      what is handed out signed, and known again
    lateness     how late, in calendar and in working days
    rights       who may do what to a deadline, and in which states: one table
    handing      who is asked in somebody's place
    subscriptions  what other systems may hear of, and who subscribes to which
    asking       how whoever decides a request is chased, and whether the answer can be in time
    reviews      the receiver's own short clock
    excluded     time that does not count: paused days and hours
    extensions   how far a limit may be extended
"""
