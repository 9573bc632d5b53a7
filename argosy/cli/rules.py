"""`argosy rules`, `argosy rule show` and `verify`: the rules that are kept, and all that is known of one."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from argosy.cli import verify

if TYPE_CHECKING:
    from rich.console import Console

    from argosy.service.expiry import RuleStanding
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
    """List the rules that sessions accepted or fused, newest first, with their age and how they stand."""
    import time

    from argosy.service.expiry import rule_standings
    from argosy.settings import read_settings
    from argosy.store.rows import RuleRole
    from argosy.store.store import open_store
    from argosy.terminal import print_json

    roles = tuple(RuleRole) if every else (RuleRole.FUSED, RuleRole.ACCEPTED)
    store = open_store(read_settings())
    found = store.rules.listed(roles)
    standings = rule_standings(store, [each.rule for each in found], time.time())
    if as_json:
        print_json(
            [
                rule_json(each.rule)
                | {"series": each.series, "sessions": each.sessions}
                | standing_json(standings[each.rule.id])
                for each in found
            ]
        )
    elif not found:
        typer.echo("No rule yet. argosy run FILE makes some.")
    else:
        _print_list(found, standings)


def show(
    rule: Annotated[str, typer.Argument(help="A rule's id, or its beginning where that is unique.")],
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON instead.")] = False,
) -> None:
    """Show a rule: its source, its parameters with their ranges, where it comes from, and what was measured of it."""
    import time

    from argosy.service.expiry import expires_at, rule_standings
    from argosy.settings import read_settings
    from argosy.store.store import open_store
    from argosy.terminal import print_json, stdout_console

    store = open_store(read_settings())
    story = store.rules.story(rule)
    standing = rule_standings(store, [story.rule], time.time())[story.rule.id]
    expires = expires_at(store, standing)
    if as_json:
        print_json(story_json(story) | standing_json(standing) | {"expires": expires})
    else:
        _print_story(story, standing, expires, stdout_console())


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


def standing_json(standing: "RuleStanding") -> dict[str, Any]:
    """How a rule stands as JSON values: its status is that of the best placed of the detectors that hold it."""
    return {
        "status": standing.status.value,
        "age_days": standing.age_days,
        "detectors": [{"id": each.detector, "status": each.status.value} for each in standing.holders],
    }


def story_json(story: "RuleStory") -> dict[str, Any]:
    """All that is known of a rule as JSON values; certificates stand apart from the other evidence, by session."""
    from argosy.sessions.certificates import KEY, certificates_of

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
    from argosy.detectors.rules.rule import RuleUnreadable, read_rule

    try:
        return {param.name: (param.low, param.high) for param in read_rule(rule.source).params}
    except RuleUnreadable:
        return {}


def _print_list(found: "tuple[ListedRule, ...]", standings: "Mapping[str, RuleStanding]") -> None:
    from rich.table import Table
    from rich.text import Text

    from argosy.terminal import moment, printable, stdout_console

    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 1))
    table.add_column("rule", no_wrap=True)
    table.add_column("direction", no_wrap=True)
    table.add_column("status", no_wrap=True)
    for name in ("summary", "series", "author"):
        table.add_column(name, overflow="fold")
    table.add_column("created", no_wrap=True)
    table.add_column("days", no_wrap=True, justify="right")
    for each in found:
        rule = each.rule
        words = (rule.summary, ", ".join(each.series), rule.author)
        cells = (Text(printable(word)) for word in words)
        standing, day = standings[rule.id], moment(rule.created)[:10]
        status = standing.status.value
        table.add_row(rule.id, rule.direction.value, status, *cells, day, f"{standing.age_days:.1f}")
    stdout_console().print(table)


def _print_story(story: "RuleStory", standing: "RuleStanding", expires: int | None, console: "Console") -> None:
    from rich.text import Text

    from argosy.cli.certificate_output import certificate_lines
    from argosy.sessions.certificates import KEY, certificates_of
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
