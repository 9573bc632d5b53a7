"""`argosy rules`, `argosy rule show` and `verify`: the rules that are kept, and all that is known of one."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from argosy.cli import verify

if TYPE_CHECKING:
    from rich.console import Console

    from argosy.service.expiry import RuleStanding
    from argosy.store.rows import RuleStory


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
    """List the rules that sessions accepted or fused, newest first, with their age and how they stand."""
    import time

    from argosy.service.rule_json import rules_json
    from argosy.settings import read_settings
    from argosy.store.rows import RuleRole
    from argosy.store.store import open_store
    from argosy.terminal import print_json

    roles = tuple(RuleRole) if every else (RuleRole.FUSED, RuleRole.ACCEPTED)
    found = rules_json(open_store(read_settings()), roles, time.time())
    if as_json:
        print_json(found)
    elif not found:
        typer.echo("No rule yet. argosy run FILE makes some.")
    else:
        _print_list(found)


def show(
    rule: Annotated[str, typer.Argument(help="A rule's id, or its beginning where that is unique.")],
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON instead.")] = False,
) -> None:
    """Show a rule: its source, its parameters with their ranges, where it comes from, and what was measured of it."""
    import time

    from argosy.service.expiry import expires_at, rule_standings
    from argosy.service.rule_json import rule_story_json
    from argosy.settings import read_settings
    from argosy.store.store import open_store
    from argosy.terminal import print_json, stdout_console

    store = open_store(read_settings())
    if as_json:
        print_json(rule_story_json(store, rule, time.time()))
        return
    story = store.rules.story(rule)
    standing = rule_standings(store, [story.rule], time.time())[story.rule.id]
    _print_story(story, standing, expires_at(store, standing), stdout_console())


def _print_list(found: list[dict[str, Any]]) -> None:
    from argosy.columns import Column, FittedTable
    from argosy.terminal import moment, stdout_console

    table = FittedTable(
        Column("rule"),
        Column("direction", leaves=3),
        Column("status"),
        Column("summary", least=24),
        Column("series", least=10),
        Column("author", least=8, leaves=2),
        Column("created", leaves=1),
        Column("days", right=True, leaves=4),
    )
    for each in found:
        words = (each["summary"], ", ".join(each["series"]), each["author"])
        day = moment(each["created"])[:10]
        table.add_row(each["id"], each["direction"], each["status"], *words, day, f"{each['age_days']:.1f}")
    stdout_console().print(table)


def _print_story(story: "RuleStory", standing: "RuleStanding", expires: int | None, console: "Console") -> None:
    from rich.text import Text

    from argosy.cli.certificate_output import certificate_lines
    from argosy.service.rule_json import ranges_of
    from argosy.sessions.kept_certificates import KEY, certificates_of
    from argosy.terminal import moment, print_source, printable

    rule = story.rule
    hand = "a language model had a hand in it" if rule.language_model else "no language model had a hand in it"
    console.print(Text.assemble((rule.id, "bold"), f" {rule.direction.value}: {printable(rule.summary)}"))
    console.print(Text(f"by {printable(rule.author)}, {moment(rule.created)} UTC; {hand}"))
    due = f", due to be looked at again at {moment(expires)} UTC" if expires is not None else ""
    console.print(Text(f"{standing.status.value}, {standing.age_days:.1f} days old{due}"))
    for holder in standing.holders:
        console.print(Text(f"in {holder.detector}, {holder.status.value}"))
    console.print()
    print_source(rule.source, console)
    console.print()
    ranges = ranges_of(rule)
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
