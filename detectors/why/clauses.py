"""Which clauses of a rule decided its score at a point, told from its parts and what was read of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from argosy.detectors.why.anatomy import UNREAD, Anatomy, ExpressionValue, NotedValue
from argosy.detectors.why.parts import Part, PartKind

DEEPEST = 16
_JOINS = (
    PartKind.LARGEST,
    PartKind.SMALLEST,
    PartKind.CHOICE,
    PartKind.SAME,
    PartKind.OPPOSITE,
    PartKind.WINDOW,
    PartKind.PRODUCT,
    PartKind.QUOTIENT,
)


@dataclass(frozen=True)
class Clause:
    """An expression with its value at the point: a number, a flag, or None where it holds no single one.

    `decides` says that what lies above it comes from it; `how` says how it comes from its own parts.
    """

    text: str
    value: float | bool | None
    decides: bool
    how: PartKind
    parts: tuple["Clause", ...] = ()


def clause_of(anatomy: Anatomy, readings: Mapping[int, ExpressionValue]) -> Clause | None:
    """The returned expression as a tree of clauses; None when the rule returned what cannot be followed."""
    taken = [part for part in anatomy.returns if readings.get(part.note, UNREAD).noted is not NotedValue.NOT_RUN]
    return _clause(taken[0], readings, True, 0) if len(taken) == 1 else None


def deciding(clause: Clause) -> Iterator[Clause]:
    """The clauses that decided: the first ones below all joins that are measured rather than chosen among others."""
    below = [part for part in clause.parts if part.decides]
    if clause.how in _JOINS and below:
        for part in below:
            yield from deciding(part)
    else:
        yield clause


def assigned_values(anatomy: Anatomy, readings: Mapping[int, ExpressionValue]) -> dict[str, float | bool]:
    """Every local name that holds one value at the point, as it was last assigned."""
    found: dict[str, tuple[float, float | bool]] = {}
    for name, part in anatomy.assigned:
        reading = readings.get(part.note, UNREAD)
        value = _shown(reading)
        if value is not None and reading.order >= found.get(name, (0.0, 0.0))[0]:
            found[name] = (reading.order, value)
    return {name: value for name, (_, value) in found.items()}


def _clause(part: Part, readings: Mapping[int, ExpressionValue], decides: bool, depth: int) -> Clause:
    reading = readings.get(part.note, UNREAD)
    leaf = Clause(part.text, _shown(reading), decides, part.kind)
    if part.kind is PartKind.NAME:
        return _named(part, readings, decides, depth) or replace(leaf, how=PartKind.LEAF)
    if depth >= DEEPEST:
        return leaf
    chosen = _choosers(part, readings)
    parts = tuple(
        _clause(each, readings, index in chosen, depth + 1) if index in chosen else _aside(each, readings)
        for index, each in enumerate(part.parts)
        if each.note >= 0 and _worth_showing(each)
    )
    return replace(leaf, parts=parts)


def _named(part: Part, readings: Mapping[int, ExpressionValue], decides: bool, depth: int) -> Clause | None:
    """The name with the expression it was assigned; None when its value is no longer that of any such expression."""
    reading = readings.get(part.note, UNREAD)
    versions = [each for each in part.parts if readings.get(each.note, UNREAD).same(reading)]
    if not versions or depth >= DEEPEST:
        return None
    latest = max(versions, key=lambda each: readings[each.note].order)
    if decides:
        found = _clause(latest, readings, True, depth + 1)
    else:
        found = Clause(latest.text, _shown(reading), False, latest.kind)
    plain = latest.statement or found.text == part.text
    return found if plain else replace(found, text=f"{part.text} = {found.text}")


def _aside(part: Part, readings: Mapping[int, ExpressionValue]) -> Clause:
    """A part that did not decide: its value, and what it was assigned, but nothing below."""
    if part.kind is PartKind.NAME and (found := _named(part, readings, False, 0)):
        return found
    return Clause(part.text, _shown(readings.get(part.note, UNREAD)), False, part.kind)


def _worth_showing(part: Part) -> bool:
    """Plain literals speak for themselves in the text above them."""
    return not part.fixed or part.kind is not PartKind.LEAF or part.text.isidentifier()


def _shown(reading: ExpressionValue) -> float | bool | None:
    match reading.noted:
        case NotedValue.FLAG:
            return bool(reading.value)
        case NotedValue.NUMBER:
            return reading.value
    return None


def _choosers(part: Part, readings: Mapping[int, ExpressionValue]) -> set[int]:
    """The indices of the parts from which the value comes."""
    values = [_shown(readings.get(each.note, UNREAD)) for each in part.parts]
    loose = {index for index, each in enumerate(part.parts) if not each.fixed}
    match part.kind:
        case PartKind.LARGEST | PartKind.SMALLEST:
            return _extreme(part.kind, values, _shown(readings.get(part.note, UNREAD)))
        case PartKind.CHOICE:
            return _chosen(part, readings)
        case PartKind.PRODUCT:
            gates = {i for i in loose if values[i] is False or values[i] == 0 or _missing(values[i])}
            return gates or _alone(loose - {i for i in loose if values[i] is True}) or _alone(loose)
        case PartKind.QUOTIENT:
            return loose if len(loose) == 1 else {i for i in loose if _missing(values[i])}
        case PartKind.COMPARISON | PartKind.SAME | PartKind.OPPOSITE | PartKind.WINDOW:
            return loose
        case PartKind.ARITHMETIC:
            return loose if len(part.parts) == 1 else set()
    return set()


def _extreme(kind: PartKind, values: list[float | bool | None], whole: float | bool | None) -> set[int]:
    """Which of the values is the extreme one; all of them where it took all, as when every condition must hold."""
    if any(value is None for value in values):
        return set()
    if _missing(whole):
        return {i for i, value in enumerate(values) if _missing(value)}
    known = {i: float(value) for i, value in enumerate(values) if value is not None and not _missing(value)}
    best = max(known.values()) if kind is PartKind.LARGEST else min(known.values())
    return {i for i, value in known.items() if value == best}


def _chosen(part: Part, readings: Mapping[int, ExpressionValue]) -> set[int]:
    condition, _, otherwise = part.parts
    reading = readings.get(condition.note, UNREAD)
    if reading.noted is NotedValue.FLAG:
        taken = 1 if reading.value else 2
    elif readings.get(part.note, UNREAD).same(readings.get(otherwise.note, UNREAD)):
        return {2}
    else:
        return {1}
    if not part.parts[taken].fixed:
        return {taken}
    return set() if condition.fixed else {0}


def _alone(indices: set[int]) -> set[int]:
    return indices if len(indices) == 1 else set()


def _missing(value: float | bool | None) -> bool:
    return isinstance(value, float) and value != value
