"""The benchmark, wired: known layouts of data, the table of methods, and how one cell is run."""
