"""Detectors in service: load, score, explain, refresh, challengers, approval, expiry."""
