"""Everything that becomes a signal: tables, logs, records, and the sources of schedules.

Anything a person can mend is a BadInput that names file, row and column; nothing in here detects or scores.
"""
