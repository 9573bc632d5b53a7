"""The command `argosy bench`: layouts of data, the table of methods, and how one cell is run."""
