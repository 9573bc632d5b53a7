"""Logs out of files and pipes."""
