"""What rules, and the scope in which it is worked: the applied files, one transaction, one instant, who acts.

Takes the register, the calendar and the settings as they were loaded. Gives `World`, the `Scope` that every
other room is handed, the occurrences that calendar-dated duties want, and `Refused`. It decides nothing and
reads no clock. A scope writes the audit; nothing else here touches the store.
"""
