"""Transcripts: the events, where they go, and what is taken out of them before."""
