"""Where sessions, events, blobs, rules and detectors are kept: SQLite in the user's data folder, or any SQL server.

`argosy.store.store.open_store` opens it. Callers give and get frozen rows, never a connection; arrays stay in files
beside the database. Nothing here runs a graph or prints.
"""
