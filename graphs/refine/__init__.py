"""The refinement graph: one session on one series, from its base detector to rules fused with it.

`build()` gives the state machine; a run receives its data, models, sandbox and recorder as a `RefineContext`.
"""

from argosy.graphs.refine.context import RefineContext
from argosy.graphs.refine.graph import build
from argosy.graphs.refine.session_data import SessionData
from argosy.graphs.refine.settings import Settings
from argosy.graphs.refine.state import Candidate, Outcome, State

__all__ = ["Candidate", "Outcome", "RefineContext", "SessionData", "Settings", "State", "build"]
