"""The LangGraph state machines and the recording of what they do.

A graph receives where it records, what it asks and where code runs; it never imports the store or the command line.
"""
