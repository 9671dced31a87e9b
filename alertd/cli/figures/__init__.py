"""Commands about figures: progress and rate, typed or from a sheet.

They take numbers, CSV files and workbooks; every fault of a sheet is said at its place, and all of it is
entered or nothing.

Modules:
    rate      `rate set`
    sheet     a CSV file of entries, or every fault of every row
    progress  progress add, import, undo
"""
