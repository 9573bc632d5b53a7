"""Methods side by side on many series: what a method is given, what is kept of it, and what the table says.

A benchmark receives what it measures: methods come in as functions, and nothing in here knows one by name.
"""
