"""One module for each committed result that `argosy bench` does not make."""
