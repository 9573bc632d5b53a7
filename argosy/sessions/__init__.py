"""One session from its input to a published detector: run, resume, replay, fork, library, transcript, report."""
