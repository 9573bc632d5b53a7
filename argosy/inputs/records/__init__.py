"""Records out of files and pipes."""
