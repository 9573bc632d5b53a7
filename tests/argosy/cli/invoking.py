"""The command line in the test's own process."""

from collections.abc import Callable

from typer.testing import CliRunner, Result

from argosy.cli.app import app

Invoke = Callable[..., Result]


def invoke(*words: object) -> Result:
    """What a command printed, and its exit code."""
    return CliRunner().invoke(app, [str(word) for word in words])
