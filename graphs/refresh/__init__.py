"""The refresh graph: one look, on newer data, at a detector in service, from drift to promotion or rollback.

`argosy.graphs.refresh.graph.build` gives the state machine; a run receives its data, its makers of challengers, the
register of what is in service and a recorder as a `RefreshContext`. Nothing in here knows the store.
"""
