"""The detect graph: several patterns judge one signal, their scores become one, and its alerts are explained.

`argosy.graphs.detect.graph.build` gives the state machine; `argosy.graphs.detect.patterns` is the table of what can
judge. A run receives its signal, models and recorder as a `DetectContext`. Nothing in here knows the store.
"""
