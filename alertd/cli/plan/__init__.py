"""Commands about the files: check, plan, preview, calendar, year, export, import, duty-import, when.

They take the folder of the node, and show what it says, what it would change and what would go out. Only
`plan --apply`, `calendar add`, `year new`, `import` and `duty-import` change anything, each after showing it.

Modules:
    check     check
    plan      plan
    never     duties that open nothing, for check and plan
    preview   preview
    calendar  calendar add
    months    a year as twelve small months, which calendar add shows
    year      year new
    exporting export
    importing import
    duty_import duty-import
    when      when
"""
