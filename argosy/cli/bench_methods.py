"""Which methods `argosy bench` knows, and which of them can run here."""

from rich.console import Console

from argosy.benchmarks.bench.methods import METHODS, Method
from argosy.choices import one_of
from argosy.signals.errors import BadInput
from argosy.terminal import print_json, stdout_console


def runnable(names: list[str]) -> list[str]:
    """The methods asked for, or all but those on request that can run here, with a line for each that cannot.

    Raises BadInput for one that was asked for and is unknown or lacks its package.
    """
    if not names:
        errors = Console(stderr=True, highlight=False)
        for each in METHODS.values():
            if not each.there:
                told = f"{each.name} is left out: it needs {each.needs}, which is not installed"
                errors.print(told, markup=False, soft_wrap=True)
        return [name for name, each in METHODS.items() if each.there and not each.on_request]
    for name in names:
        row = one_of("--methods", name, METHODS)
        if not row.there:
            raise BadInput(
                f"--methods {name}", f"needs {row.needs}, which is not installed", f"pip install {row.needs}"
            )
    return names


def list_all(as_json: bool) -> None:
    """Prints every method with what it is and what it needs."""
    if as_json:
        print_json([_row(each) for each in METHODS.values()])
        return
    console = stdout_console()
    for each in METHODS.values():
        marks = "".join(f" ({word})" for word, holds in _marks(each).items() if holds)
        console.print(f"{each.name:<18} {each.summary}{marks}", markup=False, soft_wrap=True)


def _row(method: Method) -> dict[str, object]:
    return {
        "method": method.name,
        "summary": method.summary,
        "causal": method.causal,
        "by_chance": method.by_chance,
        "on_request": method.on_request,
        "needs": method.needs,
        "there": method.there,
    }


def _marks(method: Method) -> dict[str, bool]:
    lacking = "" if method.there else ", which is not installed"
    return {
        "not causal": not method.causal,
        "by chance": method.by_chance,
        "on request": method.on_request,
        f"needs {method.needs}{lacking}": method.needs is not None,
    }
