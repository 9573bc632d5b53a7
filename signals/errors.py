"""What is wrong with somebody's input, and how to mend it.

Exception
└── BadInput        the command line turns it into one line and exit code 2
"""


class BadInput(Exception):
    """Input that a person can mend.

    `place` names the file, row, column or option; `problem` says what is wrong there; `mend` says what to do about it.
    """

    def __init__(self, place: str, problem: str, mend: str) -> None:
        super().__init__(f"{place}: {problem}; {mend}")
        self.place = place
        self.problem = problem
        self.mend = mend
