"""What can go wrong with a source, beside BadInput, which a person must mend.

Exception
├── SourceUnavailable    down, slow, refusing, or answering nonsense: worth trying again later
└── NoData               it answers, and has no point of that stretch of time
"""


class SourceUnavailable(Exception):
    """The source cannot be asked now; `mend` says what to do if that lasts."""

    def __init__(self, place: str, problem: str, mend: str) -> None:
        super().__init__(f"{place}: {problem}; {mend}")
        self.place = place
        self.problem = problem
        self.mend = mend


class NoData(Exception):
    """The source has no point in the stretch that was asked for."""
