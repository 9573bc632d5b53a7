"""Which model speaks for which role: the table, the roles, servers on this machine, and how they are."""
