"""Whether what prose says of an alert is so: every number, time and direction it states, checked against the series.

Reading is strict on purpose. What cannot be told to be true counts as false, so that a false statement does not stand;
the price is that some true ones, oddly put, fall with it.
"""
