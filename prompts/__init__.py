"""What agents are told: Markdown with Jinja slots, one folder an agent. Imports nothing of ours."""

from functools import cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined


def render(agent: str, part: str, **slots: object) -> str:
    """The text of `prompts/<agent>/<part>.md` with its slots filled.

    Raises jinja2.UndefinedError for a slot that is not given, jinja2.TemplateNotFound for a text that is not there.
    What fills a slot is text and is never read as a template.

    >>> render("sigllm", "prompter_user", sequence="12,13,98").splitlines()
    ['```sequence', '12,13,98', '```', '', 'Which of these values are anomalous?']
    """
    return _environment().get_template(f"{agent}/{part}.md").render(**slots).strip("\n")


@cache
def _environment() -> Environment:
    # Markdown for a model, not HTML for a browser: nothing is escaped.
    return Environment(
        loader=FunctionLoader(_read),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )


def _read(name: str) -> str | None:
    path = files("argosy.prompts").joinpath(name)
    return path.read_text(encoding="utf-8") if path.is_file() else None
