"""Rules: read without running, run in a sandbox as detectors, their numbers searched, carried to other series."""
