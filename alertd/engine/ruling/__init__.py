"""What rules, and the scope in which it is worked: the applied files, one transaction, one instant, who acts.

Takes the register, the calendar and the settings as they were loaded. Gives `World`, the `Scope` that every
other room is handed, the occurrences that calendar-dated duties want, and `Refused`. It decides nothing and
reads no clock. A scope writes the audit; nothing else here touches the store.

Modules:
    world    everything a decision needs besides the rows; replaced whole on reload
    scope    what one transaction works within: the files, the instant, who acts
    wanting  what calendar-dated duties want on a day: occurrences and who owes them
    naming   who and what is meant by a name: units, officers, people, duties; who acts
    refusal  saying no
    signing_keys  the keys that what is handed out is signed with
"""
