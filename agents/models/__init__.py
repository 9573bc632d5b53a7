"""Access to models: from a name on the command line to a speaker that counts and caps what it spends."""
