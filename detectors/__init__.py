"""Signal to scores without a model: baselines, calibration, the rule detector and its numeric search, fusion.

Nothing in here asks a language model anything; rules reach a process only through a sandbox.
"""
