"""Refreshes on time: schedules, the runs that they ask for, and the workers that execute them.

Schedules and runs are rows of the store, so that every process sees the same; DBOS, wrapped in `durable`, hands runs to
workers. What a worker executes is a function that it is given. Nothing here knows what a refresh is, save `refreshes`.
"""
