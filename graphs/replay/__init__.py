"""Doing a session again from what it recorded: its replies, its refusals for want of budget, its stops, its time-outs.

What depends on a model, a clock or a load is taken from the record; all else is computed again and comes out the same.
The refinement graph asks one object, `Past`, which knows nothing when a session runs for the first time.
"""
