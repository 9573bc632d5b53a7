"""`argosy sandbox`: the image that rules run in, what crashes left, what the walls cost and what they let through."""

from pathlib import Path
from typing import Annotated

import typer

from argosy.cli import options, paths
from argosy.terminal import several


def register(app: typer.Typer) -> None:
    """Adds the group of commands."""
    group = typer.Typer(no_args_is_help=True, help="Where rules run: its image, its leftovers, its cost.")
    group.command("build", epilog="Example: argosy sandbox build --base-image python:3.11-slim")(build)
    group.command("reap", epilog="Example: argosy sandbox reap")(reap)
    group.command("bench", epilog="Example: argosy sandbox bench --out cost.json")(bench)
    group.command("measure", epilog="Example: argosy sandbox measure --out profiles")(measure)
    group.command("names", epilog="Example: argosy sandbox names --out allowed.json")(names)
    app.add_typer(group, name="sandbox")


def build(
    base_image: Annotated[
        str, typer.Option(help="An image with Python 3.11 or newer; one that is here already, by default.")
    ] = "",
    as_json: options.AsJson = False,
) -> None:
    """Build the sandbox image; wheels are fetched here and copied in, so the build itself needs no network."""
    from argosy.sandbox.image import build_image
    from argosy.terminal import print_json

    tag = build_image(base_image, (lambda _line: None) if as_json else typer.echo)
    if as_json:
        print_json({"image": tag})
    else:
        typer.echo(f"built {tag}")


def reap(as_json: options.AsJson = False) -> None:
    """Remove containers that crashed processes left behind."""
    from argosy.sandbox.containers import reap as reap_containers
    from argosy.terminal import print_json

    count = reap_containers()
    if as_json:
        print_json({"removed": count})
    else:
        typer.echo(f"{several(count, 'container')} removed")


def bench(
    out: Annotated[
        Path | None, typer.Option(help="Where the figures go as JSON, too.", dir_okay=False, callback=paths.written)
    ] = None,
    evaluations: Annotated[int, typer.Option(min=1, help="Evaluations of the one candidate.")] = 200,
    repeats: Annotated[int, typer.Option(min=3, help="How often each latency is measured.")] = 30,
    as_json: options.AsJson = False,
) -> None:
    """Measure what the walls cost, against plain calls and against a fresh container for every evaluation."""
    import json

    from argosy.sandbox.tools.cost import bench as measured
    from argosy.terminal import print_json

    if out is not None:
        _check_writable(out)
    found = measured(evaluations, repeats)
    if out is not None:
        out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    if as_json:
        print_json(found)
        return
    for row in found["figures"]:
        wanted = "" if row["target"] is None else f"   (wanted: at most {row['target']:g})"
        typer.echo(f"{row['sandbox']:<16} {row['what']:<62} {row['value']:10.2f} {row['unit']}{wanted}")


def measure(
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder for the profiles; the package's own by default.", file_okay=False, callback=paths.written
        ),
    ] = None,
    as_json: options.AsJson = False,
) -> None:
    """Measure which system calls rules need, and write the seccomp profiles. Needs strace, kernel headers, Docker."""
    from argosy.sandbox.containers import ContainerSandbox
    from argosy.sandbox.resident import Pool
    from argosy.sandbox.seccomp import FOLDER
    from argosy.sandbox.tools.measure import allowed, with_kin, write_profiles
    from argosy.sandbox.tools.measure import measure as measured
    from argosy.sandbox.tools.starting_calls import starting_calls
    from argosy.terminal import print_json

    folder = out or FOLDER
    _check_writable(folder / "rule.json")
    before = allowed()
    ContainerSandbox(pool=Pool()).close()  # what is missing is told at once
    typer.echo("running rules under strace", err=True)
    calls = measured()
    typer.echo("starting containers, each without one more call", err=True)
    starting = starting_calls(with_kin(calls.harness | calls.rule))
    write_profiles(calls, starting, folder)
    after = allowed(folder)
    changes = {
        which: {"more": sorted(after[which] - before[which]), "fewer": sorted(before[which] - after[which])}
        for which in after
    }
    seen = {"rule": sorted(calls.rule), "harness": sorted(calls.harness), "starting": sorted(starting)}
    if as_json:
        print_json({**seen, "changes": changes, "folder": str(folder)})
        return
    whose = ("a rule makes", "the harness makes", "to start a container takes")
    for who, names in zip(whose, seen.values(), strict=True):
        typer.echo(f"{who} {several(len(names), 'call')}: {', '.join(names)}")
    for which, change in changes.items():
        told = [f"{len(each)} {word} ({', '.join(each)})" for word, each in change.items() if each]
        permitted = several(len(after[which]), "call")
        typer.echo(f"{which}.json allows {permitted}, {' and '.join(told) or 'the same as'} before")
    typer.echo(f"profiles written to {folder}")


def names(
    out: Annotated[
        Path | None,
        typer.Option(help="Where the list goes; the package's own by default.", dir_okay=False, callback=paths.written),
    ] = None,
    as_json: options.AsJson = False,
) -> None:
    """List the names of the libraries that rules may use, as the installed versions have them."""
    from argosy.sandbox.listing import ALLOWED
    from argosy.sandbox.tools.allowed_names import names as listed
    from argosy.sandbox.tools.allowed_names import write
    from argosy.terminal import print_json

    if as_json and out is None:
        print_json(listed())
        return
    _check_writable(out or ALLOWED)
    write(out or ALLOWED)
    if as_json:
        print_json({"out": str(out or ALLOWED)})
    else:
        typer.echo(f"written to {out or ALLOWED}")


def _check_writable(file: Path) -> None:
    """Makes the folder of a file that will be written. Raises BadInput where it cannot be."""
    from argosy.signals.errors import BadInput

    there = file.exists()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.open("a", encoding="utf-8").close()
        if not there:
            file.unlink()
    except OSError as error:
        raise BadInput(f"--out {file}", f"cannot be written ({error.strerror})", "name another place") from error
