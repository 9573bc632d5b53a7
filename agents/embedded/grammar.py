"""The grammar: turns a recipe into short readable Python.

Everything emitted is causal, bears missing values and empty series, and holds only the lines that its recipe needs.
"""

from dataclasses import dataclass, field

from argosy.agents.embedded.recipe import Clause, ClauseSide, ClauseUnit, Join, Quantity, Recipe, Timing, recipe_comment

Entry = tuple[float | int, float | int, float | int]

_MOVES = {ClauseSide.UP: "rise", ClauseSide.DOWN: "drop", ClauseSide.BOTH: "move"}
_TIMINGS = {
    Timing.AT_ONCE: "",
    Timing.HELD: " that holds",
    Timing.LINGERING: ", and the points after it",
    Timing.ONSET: ", where it sets in",
}


@dataclass
class _Draft:
    """A rule being written: its body lines, its parameters and the constants it needs."""

    lines: list[str] = field(default_factory=list)
    params: dict[str, Entry] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)

    def param(self, name: str, default: float | int, low: float | int, high: float | int) -> str:
        """Declares a parameter under this name, or under a numbered one when it is taken."""
        taken = name
        while taken in self.params:
            taken = name + str(int(taken.removeprefix(name) or 1) + 1)
        self.params[taken] = (default, low, high)
        return taken


def compose(recipe: Recipe) -> str:
    """The source of the rule that a recipe describes."""
    draft = _Draft()
    draft.lines.append("x = pd.Series(values)")
    names = [_clause(draft, clause, f"signal{i + 1}" if i else "signal") for i, clause in enumerate(recipe.clauses)]
    signal = _joined(draft, recipe, names)
    signal = _timed(draft, recipe.timing, signal)
    if recipe.hours:
        signal = _at_hours(draft, recipe.hours, signal)
    if recipe.clears:
        draft.lines.append(f"return (threshold / {signal}.clip(lower=1e-9)).to_numpy(dtype=float)")
    else:
        draft.lines.append(f"return ({signal} / threshold).to_numpy(dtype=float)")
    return _module(recipe, draft)


def summary(recipe: Recipe) -> str:
    """What the rule does, in one line and plain words."""
    parts = [_said(clause) for clause in recipe.clauses]
    joined = (" together with " if recipe.join is Join.BOTH else " or ").join(parts)
    hours = ", at certain hours of the day" if recipe.hours else ""
    return f"{'Clears alarms without' if recipe.clears else 'Flags'} {joined}{_TIMINGS[recipe.timing]}{hours}."


def _said(clause: Clause) -> str:
    move = _MOVES[clause.side]
    unit = {
        ClauseUnit.VALUE: "",
        ClauseUnit.SPREAD: ", in recent spreads",
        ClauseUnit.LEVEL: ", as a share of the level",
    }[clause.over]
    smooth = " of the running mean" if clause.smooth > 1 else ""
    match clause.kind:
        case Quantity.LEVEL:
            return {ClauseSide.UP: "a high value", ClauseSide.DOWN: "a low value", ClauseSide.BOTH: "an extreme value"}[
                clause.side
            ]
        case Quantity.CHANGE:
            return f"a sudden {move}{smooth} from one point to the next{unit}"
        case Quantity.DEVIATION:
            return f"a {move}{smooth} away from the recent median{unit}"
        case Quantity.EWMA:
            return f"a {move}{smooth} away from the weighted recent mean{unit}"
        case Quantity.SEASON:
            return f"a {move}{smooth} away from the same phase of earlier seasons{unit}"
        case Quantity.SHAPE:
            return f"a short {move}{smooth} that earlier seasons did not have at this phase{unit}"
        case Quantity.SPREAD:
            return "unusually noisy values"
        case Quantity.FLAT:
            return "values that stand still"


def _clause(draft: _Draft, clause: Clause, name: str) -> str:
    """Writes the lines of one clause; the named series is large where the clause holds."""
    source = "x"
    if clause.smooth > 1 and clause.kind not in (Quantity.SPREAD, Quantity.FLAT):
        smooth = draft.param("smooth", clause.smooth, 1, max(30, 2 * clause.smooth))
        draft.lines.append(f"y = x.rolling({smooth}, min_periods=1).mean()")
        source = "y"
    match clause.kind:
        case Quantity.SPREAD:
            return _spread(draft, clause, name)
        case Quantity.FLAT:
            return _flat(draft, clause, name)
        case Quantity.LEVEL:
            usual = _number(clause.reference)
        case Quantity.CHANGE:
            usual = f"{source}.shift({draft.param('lag', 1, 1, 10)})"
        case Quantity.DEVIATION:
            window = draft.param("window", clause.window, 3, max(360, clause.window))
            usual = f"{source}.shift(1).rolling({window}, min_periods=1).median()"
        case Quantity.EWMA:
            span = draft.param("span", clause.window, 3, max(360, clause.window))
            usual = f"{source}.shift(1).ewm(span={span}, ignore_na=True).mean()"
        case Quantity.SEASON:
            usual = _earlier(draft, clause, source)
        case Quantity.SHAPE:
            window = draft.param("window", clause.window, 3, max(360, clause.window))
            draft.lines.append(f"bump = {source} - {source}.shift(1).rolling({window}, min_periods=1).median()")
            source = "bump"
            usual = _earlier(draft, clause, source)
    draft.lines.append(f"{name} = {_sided(draft, source, usual, clause.side)}")
    _scaled(draft, clause, name)
    return name


def _sided(draft: _Draft, source: str, usual: str, side: ClauseSide) -> str:
    """The departure in the direction that counts; with both, `skew` says how much more a rise counts than a drop."""
    match side:
        case ClauseSide.UP:
            return f"{source} - {usual}"
        case ClauseSide.DOWN:
            return f"{usual} - {source}"
        case ClauseSide.BOTH:
            skew = draft.param("skew", 1.0, 0.1, 10.0)
            draft.lines.append(f"move = {source} - {usual}")
            return f"np.maximum({skew} * move, -move)"


def _earlier(draft: _Draft, clause: Clause, source: str) -> str:
    draft.constants["PERIOD"] = str(clause.period)
    seasons = draft.param("seasons", 5, 1, 7)
    draft.lines.append(f"earlier = pd.concat([{source}.shift(PERIOD * (k + 1)) for k in range({seasons})], axis=1)")
    return "earlier.median(axis=1)"


def _scaled(draft: _Draft, clause: Clause, name: str) -> None:
    match clause.over:
        case ClauseUnit.VALUE:
            return
        case ClauseUnit.SPREAD:
            floor = _floor(draft, clause.size / 3)
            draft.lines.append(f"spread = {name}.abs().rolling(1000, min_periods=20).median().shift(1)")
            draft.lines.append(f"{name} = {name} / spread.clip(lower={floor})")
        case ClauseUnit.LEVEL:
            floor = _floor(draft, clause.size)
            draft.lines.append("level = x.abs().shift(1).rolling(60, min_periods=1).median()")
            draft.lines.append(f"{name} = {name} / level.clip(lower={floor})")


def _floor(draft: _Draft, size: float) -> str:
    """The least that a spread or a level is taken for, so that quiet stretches do not explode."""
    return draft.param("floor", _number_of(size), _number_of(size / 10), _number_of(size * 10))


def _spread(draft: _Draft, clause: Clause, name: str) -> str:
    window = draft.param("width", max(3, min(clause.window, 30)), 3, 120)
    floor = _floor(draft, clause.size / 3)
    draft.lines.append(f"noise = x.rolling({window}, min_periods=3).std()")
    draft.lines.append(f"usual = noise.rolling(1000, min_periods=20).median().shift({window})")
    draft.lines.append(f"{name} = noise / usual.clip(lower={floor})")
    return name


def _flat(draft: _Draft, clause: Clause, name: str) -> str:
    window = draft.param("width", max(3, min(clause.window, 30)), 3, 120)
    draft.lines.append(f"moves = x.diff().abs().rolling({window}).mean()")
    draft.lines.append(f"{name} = {_number(clause.size)} / moves.clip(lower={_number(clause.size * 1e-3)})")
    return name


def _joined(draft: _Draft, recipe: Recipe, names: list[str]) -> str:
    if len(names) == 1:
        low, default, high = _threshold(recipe.clauses[0])
        draft.param("threshold", default, low, high)
        return names[0]
    sizes = [_threshold(clause)[1] for clause in recipe.clauses]
    ratio = sizes[0] / sizes[1]
    weight = draft.param("weight", _number_of(ratio), _number_of(ratio / 20), _number_of(ratio * 20))
    low, default, high = _threshold(recipe.clauses[0])
    draft.param("threshold", default, low, high)
    take = "minimum" if recipe.join is Join.BOTH else "maximum"
    draft.lines.append(f"signal = np.{take}({names[0]}, {weight} * {names[1]})")
    return "signal"


def _threshold(clause: Clause) -> tuple[float, float, float]:
    """Low, default and high threshold of a clause, in what it is measured in."""
    if clause.over is ClauseUnit.SPREAD or clause.kind is Quantity.SPREAD:
        return 0.5, 6.0, 500.0
    if clause.over is ClauseUnit.LEVEL:
        return 0.005, 0.3, 50.0
    if clause.kind is Quantity.FLAT:
        return 0.5, 10.0, 1000.0
    return _number_of(clause.size / 20), _number_of(clause.size * 3), _number_of(clause.size * 200)


def _timed(draft: _Draft, timing: Timing, signal: str) -> str:
    match timing:
        case Timing.AT_ONCE:
            return signal
        case Timing.HELD:
            hold = draft.param("hold", 2, 2, 15)
            return f"{signal}.rolling({hold}, min_periods=1).min()"
        case Timing.LINGERING:
            linger = draft.param("linger", 5, 2, 60)
            return f"{signal}.rolling({linger}, min_periods=1).max()"
        case Timing.ONSET:
            quiet = draft.param("quiet", 15, 3, 120)
            draft.lines.append(f"before = {signal}.rolling({quiet}, min_periods=1).max().shift(1)")
            return f"{signal}.where({signal} > before.fillna(0))"


def _at_hours(draft: _Draft, hours: tuple[float, float], signal: str) -> str:
    start = draft.param("from_hour", hours[0], 0.0, 24.0)
    long = draft.param("hours", hours[1], 1.0, 24.0)
    draft.lines.append(f"since = (seconds / 3600 - {start}) % 24")
    return f"{signal}.where(since < {long})"


def _module(recipe: Recipe, draft: _Draft) -> str:
    imports = ["import numpy as np"] if any("np." in line for line in draft.lines) else []
    imports.append("import pandas as pd")
    params = ", ".join(f'"{name}": ({default}, {low}, {high})' for name, (default, low, high) in draft.params.items())
    head = [f'"""{summary(recipe)}"""', "", *imports, "", f"PARAMS = {{{params}}}"]
    head += [f"{name} = {value}" for name, value in draft.constants.items()]
    signature = f"def detect(values, seconds, *, {', '.join(draft.params)}):"
    return "\n".join([*head, recipe_comment(recipe), "", "", signature, *("    " + line for line in draft.lines), ""])


def _number_of(value: float) -> float:
    """A float that reads well; never zero."""
    return float(f"{value:.3g}") or 1e-9


def _number(value: float) -> str:
    return repr(float(f"{value:.4g}"))
