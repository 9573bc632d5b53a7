"""What can go wrong with the store.

Exception
└── StoreUnavailable     not writable, full, damaged, of a newer schema, or no server: the session stops
"""


class StoreUnavailable(Exception):
    """The store cannot be used; `mend` says what to do about it."""

    def __init__(self, place: str, problem: str, mend: str) -> None:
        super().__init__(f"{place}: {problem}; {mend}")
        self.place = place
        self.problem = problem
        self.mend = mend
