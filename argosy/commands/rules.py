"""`argosy rules`, `argosy rule show` and `verify`: the rules that are kept, and all that is known of one."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from argosy.commands import verify

if TYPE_CHECKING:
    from rich.console import Console

    from argosy.store.rows import ListedRule, RuleRow, RuleStory


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("rules", epilog="Example: argosy rules --json")(rules)
    rule = typer.Typer(help="Look at one rule.", no_args_is_help=True, epilog="Example: argosy rule show r-4f21")
    rule.command("show", epilog="Example: argosy rule show r-4f21")(show)
    verify.register(rule)
    app.add_typer(rule, name="rule")


def rules(
    every: Annotated[bool, typer.Option("--all", help="Also those that were only parents of others.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Write a JSON list instead.")] = False,
) -> None:
    """List the rules that sessions accepted or fused, newest first."""
    from argosy.settings import read_settings
    from argosy.store.rows import RuleRole
    from argosy.store.store import open_store
    from argosy.terminal import print_json

    roles = tuple(RuleRole) if every else (RuleRole.FUSED, RuleRole.ACCEPTED)
    found = open_store(read_settings()).rules.listed(roles)
    if as_json:
        print_json([rule_json(each.rule) | {"series": each.series, "sessions": each.sessions} for each in found])
    elif not found:
        typer.echo("No rule yet. argosy run FILE makes some.")
    else:
        _print_list(found)


def show(
    rule: Annotated[str, typer.Argument(help="A rule's id, or its beginning where that is unique.")],
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON instead.")] = False,
) -> None:
    """Show a rule: its source, its parameters with their ranges, where it comes from, and what was measured of it."""
    from argosy.settings import read_settings
    from argosy.store.store import open_store
    from argosy.terminal import print_json, stdout_console

    story = open_store(read_settings()).rules.story(rule)
    if as_json:
        print_json(story_json(story))
    else:
        _print_story(story, stdout_console())


def rule_json(rule: "RuleRow") -> dict[str, Any]:
    """A rule as JSON values; `ranges` where its source tells them."""
    return {
        "id": rule.id,
        "direction": rule.direction.value,
        "summary": rule.summary,
        "params": dict(rule.params),
        "ranges": {name: list(limits) for name, limits in _ranges(rule).items()},
        "source": rule.source,
        "author": rule.author,
        "language_model": rule.language_model,
        "created": rule.created,
    }


def story_json(story: "RuleStory") -> dict[str, Any]:
    """All that is known of a rule as JSON values; certificates stand apart from the other evidence, by session."""
    from argosy.certificates import KEY, certificates_of

    return rule_json(story.rule) | {
        "parents": [parent.id for parent in story.parents],
        "children": [child.id for child in story.children],
        "uses": [
            {
                "session": use.session,
                "role": use.role.value,
                "evidence": {key: value for key, value in use.evidence.items() if key != KEY},
            }
            for use in story.uses
        ],
        "certificates": {
            session: certificate.model_dump(mode="json") for session, certificate in certificates_of(story).items()
        },
    }


def _ranges(rule: "RuleRow") -> dict[str, tuple[float, float]]:
    from detectors.rule import RuleUnreadable, read_rule

    try:
        return {param.name: (param.low, param.high) for param in read_rule(rule.source).params}
    except RuleUnreadable:
        return {}


def _print_list(found: "tuple[ListedRule, ...]") -> None:
    from rich.table import Table
    from rich.text import Text

    from argosy.terminal import moment, printable, stdout_console

    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 1))
    table.add_column("rule", no_wrap=True)
    table.add_column("direction", no_wrap=True)
    for name in ("summary", "series", "author"):
        table.add_column(name, overflow="fold")
    table.add_column("created (UTC)", no_wrap=True)
    for each in found:
        rule = each.rule
        words = (rule.summary, ", ".join(each.series), rule.author)
        cells = (Text(printable(word)) for word in words)
        table.add_row(rule.id, rule.direction.value, *cells, moment(rule.created))
    stdout_console().print(table)


def _print_story(story: "RuleStory", console: "Console") -> None:
    from rich.text import Text

    from argosy.certificate_text import certificate_lines
    from argosy.certificates import KEY, certificates_of
    from argosy.terminal import moment, print_source, printable

    rule = story.rule
    hand = "a language model had a hand in it" if rule.language_model else "no language model had a hand in it"
    console.print(Text.assemble((rule.id, "bold"), f" {rule.direction.value}: {printable(rule.summary)}"))
    console.print(Text(f"by {printable(rule.author)}, {moment(rule.created)} UTC; {hand}"))
    console.print()
    print_source(rule.source, console)
    console.print()
    ranges = _ranges(rule)
    for name, value in rule.params.items():
        limits = "searched from {:g} to {:g}".format(*ranges[name]) if name in ranges else ""
        console.print(Text(f"  {printable(name)} = {value:g}  {limits}".rstrip()))
    for label, relatives in (("from", story.parents), ("became", story.children)):
        for relative in relatives:
            console.print(Text(f"{label} {relative.id} {relative.direction.value}: {printable(relative.summary)}"))
    for use in story.uses:
        console.print(Text(f"{use.role.value} in {use.session}", style="bold"))
        for line in _evidence_lines({key: value for key, value in use.evidence.items() if key != KEY}):
            console.print(Text(f"  {printable(line)}"))
    for session, certificate in certificates_of(story).items():
        console.print(Text(f"certificate of {session}", style="bold"))
        for line in certificate_lines(certificate):
            console.print(Text(f"  {printable(line)}"))


def _evidence_lines(evidence: Any, place: str = "") -> list[str]:
    """Evidence as lines such as 'lockbox: event_f1_pa 0.91, incidents 4'; what is nested comes under its own name."""
    plain = {key: value for key, value in evidence.items() if not isinstance(value, dict)}
    lines = []
    if plain:
        words = ", ".join(f"{key} {_shown(value)}" for key, value in plain.items())
        lines.append(f"{place}: {words}" if place else words)
    for key, value in evidence.items():
        if isinstance(value, dict):
            lines += _evidence_lines(value, f"{place} {key}".strip())
    return lines


def _shown(value: object) -> str:
    match value:
        case None:
            return "–"
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.4g}"
    return str(value)
