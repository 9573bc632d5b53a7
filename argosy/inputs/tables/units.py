"""Units that stand beside numbers in tables: what each is in the base of its kind."""

from collections.abc import Iterable, Mapping

CURRENCIES = frozenset([
    "$", "€", "£", "¥", "₹", "₩", "₽", "₺", "₫", "₪", "฿", "₴", "₦", "₱", "R$", "US$", "A$", "C$", "HK$", "NT$",
    "S$", "kr", "kr.", "Kč", "zł", "Ft", "Fr.", "SFr.", "Rs", "Rs.", "₨", "EUR", "USD", "GBP", "CHF", "JPY", "CNY",
    "INR", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "RON", "BGN", "AUD", "CAD", "NZD", "BRL", "MXN", "ZAR", "RUB",
    "TRY", "KRW", "SGD", "HKD", "TWD", "ILS", "THB", "IDR", "MYR", "PHP", "VND", "AED", "SAR", "EGP", "NGN", "KES",
    "ARS", "CLP", "COP", "PEN", "UAH",
])  # fmt: skip
"""Signs and codes of money, which is never converted."""

DURATIONS: Mapping[str, float] = {
    **dict.fromkeys(("ns", "nsec"), 1e-9),
    **dict.fromkeys(("us", "μs", "µs", "usec", "μsec"), 1e-6),
    **dict.fromkeys(("ms", "msec", "msecs", "millis", "milliseconds"), 1e-3),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "Sek"), 1.0),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "Min"), 60.0),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "Std"), 3600.0),
    **dict.fromkeys(("d", "day", "days"), 86_400.0),
    **dict.fromkeys(("w", "week", "weeks"), 604_800.0),
}
"""Lengths of time in seconds."""

PREFIXES: Mapping[str, float] = {"k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15}
BINARY: Mapping[str, float] = {f"{prefix}i": 1024.0**power for power, prefix in enumerate("KMGTP", start=1)} | {
    "ki": 1024.0
}
COUNTS: Mapping[str, float] = {
    "Mil": 1e6,
    "Bil": 1e9,
    "Tri": 1e12,
    "bn": 1e9,
    "mn": 1e6,
    "tsd": 1e3,
    "Tsd": 1e3,
    "Mio": 1e6,
    "Mrd": 1e9,
}
"""How Grafana and people shorten large numbers, beside prefixes."""

_SMALL = {"n": 1e-9, "u": 1e-6, "μ": 1e-6, "m": 1e-3, "": 1.0}
_BYTES = {
    **dict.fromkeys(("B", "byte", "bytes", "Bytes"), 1.0),
    **{f"{prefix}B": factor for prefix, factor in {**PREFIXES, **BINARY}.items()},
    **{f"{prefix.lower()}b": factor for prefix, factor in PREFIXES.items()},
    **BINARY,
}
_BITS = {f"{prefix}{name}": size for prefix, size in {"": 1.0, **PREFIXES}.items() for name in ("bit", "bits")}
_MEASURES = ("Hz", "W", "Wh", "V", "A", "g", "m", "l", "L", "J", "Pa", "F", "Ω")

_KINDS: Mapping[str, Mapping[str, float]] = {
    "s": DURATIONS,
    "B": _BYTES,
    "": {**PREFIXES, **COUNTS, "B": 1e9},
    "bit": _BITS,
    "%": {"%": 1.0, "‰": 0.1},
    **{
        measure: {f"{prefix}{measure}": factor for prefix, factor in {**_SMALL, **PREFIXES}.items()}
        | ({"cm": 0.01, "mi": 1609.344, "ft": 0.3048} if measure == "m" else {})
        for measure in _MEASURES
    },
}
"""For each base the units of its kind, and how many of the base each is; with /s they are rates."""

_RATES = {"Mbps": ("bit", 1e6), "Gbps": ("bit", 1e9), "kbps": ("bit", 1e3), "Kbps": ("bit", 1e3), "bps": ("bit", 1.0)}


def common_base(units: Iterable[str]) -> tuple[str, Mapping[str, float]] | None:
    """What several units can all be converted to, and how many of it each is; None where they are of several kinds.

    >>> common_base(["ms", "s"])
    ('s', {'ms': 0.001, 's': 1.0})
    >>> common_base(["kg", "ms"]) is None
    True
    """
    units = list(units)
    candidates = [bases_of(unit) for unit in units]
    shared = [base for base in (candidates[0] if candidates else ()) if all(base in each for each in candidates)]
    if not shared:
        return None
    return shared[0], {unit: each[shared[0]] for unit, each in zip(units, candidates, strict=True)}


def bases_of(unit: str) -> Mapping[str, float]:
    """The bases that a unit may be meant in, and how many of each it is; empty for a unit that is not known.

    >>> bases_of("m")
    {'s': 60.0, 'm': 1.0}
    """
    if unit in _RATES:
        base, factor = _RATES[unit]
        return {f"{base}/s": factor}
    amount, slash, per = unit.partition("/")
    if slash:
        return {f"{base}/s": factor for base, factor in bases_of(amount).items()} if per in ("s", "sec") else {}
    return {base: units[unit] for base, units in _KINDS.items() if unit in units}
