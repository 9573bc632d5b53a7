"""A certificate and its verification as lines for people."""

from collections.abc import Iterator

from argosy.detectors.certificate.form import Certificate, Examination, Growth, Lookback, PartEvidence, Response, Share
from argosy.terminal import several


def certificate_lines(certificate: Certificate) -> list[str]:
    """What a person wants to know of a certificate, the most telling first."""
    return [
        *_examined(certificate.examination),
        *(f"on {part}: {_evidence(found)}" for part, found in certificate.evidence.items()),
        *_sensitivity(certificate),
        *_origin(certificate),
    ]


def _examined(found: Examination) -> Iterator[str]:
    for refusal in found.refusals:
        yield f"REFUSED, {refusal.check.value}: {refusal.why}"
    if found.causality:
        c = found.causality
        verdict = "uses no later points" if c.first_index is None else f"LOOKS AHEAD at index {c.first_index}"
        yield f"{verdict}: {c.cut} cuts, {c.near_incidents} of them at incidents, {c.changed} changed futures"
    if found.lookback:
        yield _history(found.lookback)
    if found.determinism:
        d = found.determinism
        same = d.another_process and d.after_other_calls
        yield "the same scores in another process and after other calls" if same else "SCORES DIFFER between runs"
    if found.growth:
        yield _growth(found.growth)
    changed = [_response(each) for each in found.responses if not _unmoved(each)]
    unmoved = [each.change for each in found.responses if _unmoved(each)]
    if unmoved:
        yield f"same flags with: {'; '.join(unmoved)}"
    if changed:
        yield f"other flags with: {'; '.join(changed)}"


def _history(found: Lookback) -> str:
    def points(number: int | None) -> str:
        return f"more than {found.tried_points:,} points" if number is None else f"{number:,} points"

    return (
        f"history needed: {points(found.flags_points)} for the same flags, {points(found.scores_points)} for the same "
        f"scores; tried at {found.anchors} places"
    )


def _growth(found: Growth) -> str:
    time = (
        "is too short to tell how it grows" if found.time_slope is None else f"grows with power {found.time_slope:.2f}"
    )
    memory = "does too little to tell" if found.memory_slope is None else f"with power {found.memory_slope:.2f}"
    return (
        f"{found.points_per_s:,.0f} points/s; time {time} of the points, memory {memory} "
        f"({found.memory_bytes[-1] / (1 << 20):.1f} MiB for {found.memory_points[-1]:,})"
    )


def _unmoved(found: Response) -> bool:
    return found.kept in (None, 1.0) and found.added_share == 0.0


def _response(found: Response) -> str:
    kept = "no flags before" if found.kept is None else f"{found.kept:.0%} of flags kept"
    added = f", {found.added_share:.2%} of points added" if found.added_share else ""
    return f"{found.change} ({kept}{added})"


def _evidence(found: PartEvidence) -> str:
    words = [
        f"alone it finds {_share(found.found, 'incidents')}",
        f"{_share(found.precision, 'alerts')} touch an incident",
    ]
    if found.gained is not None:
        words.append(f"beside the base {several(found.gained, 'incident')} gained, {found.lost} lost")
        words.append(
            f"{several(found.false_points_added or 0, 'false point')} added, {found.false_points_removed} removed"
        )
    if found.objective_before is not None and found.objective_after is not None:
        words.append(f"objective {found.objective_before:.3f} → {found.objective_after:.3f}")
    return "; ".join(words)


def _share(share: Share, noun: str) -> str:
    limits = "" if share.low is None else f" [{share.low:.0%}, {share.high:.0%}]"
    return f"{share.count} of {share.total} {noun}{limits}"


def _sensitivity(certificate: Certificate) -> Iterator[str]:
    moved = [f"{each.param} {each.steepest:.3f}" for each in certificate.sensitivity if each.steepest is not None]
    if moved:
        yield f"objective lost at worst when a parameter moves by up to 25 %: {', '.join(moved)}"


def _origin(certificate: Certificate) -> Iterator[str]:
    data = certificate.data
    yield (
        f"data: {data.points:,} points of {data.series}, {data.step_s} s apart, "
        f"{several(data.incidents, 'incident')}, SHA-256 {data.sha256[:16]}; "
        f"lockbox openings: {certificate.lockbox_openings}"
    )
    origin = certificate.provenance
    if origin:
        yield (
            f"from {several(origin.calls, 'call')}, {origin.input_tokens:,} tokens in, {origin.output_tokens:,} out, "
            f"${origin.usd:.4f}; seed {origin.seed}; transcript SHA-256 {origin.transcript_sha256[:16]}"
        )
        yield ", ".join(f"{name} {number}" for name, number in origin.versions.items())
