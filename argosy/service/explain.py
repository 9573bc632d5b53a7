"""Why a stored detector said what it said of one point of a file."""

from dataclasses import dataclass

from argosy.detectors.rules.rule_detector import RuleFailed
from argosy.detectors.why.explain import Explanation, explain
from argosy.detectors.why.moment import Moment
from argosy.inputs.tables.point_at import point_at
from argosy.inputs.tables.read_series import TableRequest
from argosy.inputs.time_text import iso
from argosy.sandbox.protocol import Limits
from argosy.sandboxes import SandboxChoice, open_sandbox
from argosy.service.find_detector import find_for, reader
from argosy.service.history import history_notes
from argosy.service.load import load_detector
from argosy.signals.errors import BadInput
from argosy.signals.incidents import labels_at
from argosy.signals.series import Series
from argosy.store.store import Store


@dataclass(frozen=True, eq=False)
class PointExplanation:
    """An explanation and what it is of. `at` is the point's time, or its index where the file has no times.

    `known` is the series up to the point.
    """

    detector: str
    series: str
    base: str
    index: int
    at: str
    explanation: Explanation
    known: Series
    times_known: bool
    notes: tuple[str, ...] = ()


def explain_point(
    store: Store, detector: str, table: TableRequest, at: str, choice: SandboxChoice, accept_risk: bool
) -> PointExplanation:
    """Explains the verdict on one point, as it was when it was the newest: later points are not looked at.

    Raises BadInput, SandboxUnavailable, StoreUnavailable.
    """
    found = find_for(store, detector, reader(store, table))
    row, loaded = found.row, found.loaded
    stored = load_detector(store, row.id)
    index = point_at(at, loaded, table.reading.zone)
    base = stored.base(loaded)
    sandbox = open_sandbox(choice, stored.by_language_model, accept_risk)
    known = loaded.series.part(0, index + 1)
    try:
        explanation = explain(Moment(known, base, stored.rules, sandbox, Limits()))
    except RuleFailed as failed:
        mend = f"argosy rules lists the rules of {row.id}; give fewer points, or run a new session"
        raise BadInput(str(table.path), f"a rule failed on it: {failed}", mend) from failed
    finally:
        sandbox.close()
    second = int(known.seconds[-1])
    moment = iso(second) if loaded.times_known else f"index {second // known.step_s}"
    name = store.redaction.text(loaded.series.id)
    in_gap = bool(labels_at(loaded.gaps, known.seconds[-1:])[0])
    said = (*_IN_A_GAP[:in_gap], *_RINGS_ONCE[: row.rings_once], *history_notes(store, row, len(known)))
    notes = (*loaded.notes, *found.notes, *said)
    return PointExplanation(row.id, name, base.name, index, moment, explanation, known, loaded.times_known, notes)


_IN_A_GAP = ("this point has no value, which is an alert by itself: --gaps anomaly",)
_RINGS_ONCE = ("alarms of this detector ring once an alert: right after a flagged point, another one stays silent",)
