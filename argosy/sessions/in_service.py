"""What of a finished session goes into service: its fusion, its base alone, or nothing before a person says so."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from argosy.detectors.calibration import BUDGET_WORDS
from argosy.detectors.excess import excess
from argosy.eval.objective_names import metric_of
from argosy.eval.splits import Part, Splits
from argosy.graphs.refine.publication import FinalScores, Publication


class InService(StrEnum):
    """What --in-service asks for; `auto` goes by what is known of base and fusion."""

    AUTO = "auto"
    FUSION = "fusion"
    BASE = "base"
    NOTHING = "nothing"


@dataclass(frozen=True)
class ServiceChoice:
    """What goes into service, why it is not the fusion, if so, and what else is to be said of base and fusion."""

    what: InService
    held_back: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _TrainingAlone:
    """How a fusion did in the lockbox of which no incident of validation said that it holds."""

    words: str
    borne_out: bool


def choose_service(
    asked: InService, published: Publication, final: FinalScores, splits: Splits, objective: str
) -> ServiceChoice:
    """What of a session goes into service. The fusion of a session without rules is its base.

    By itself no fusion does that was accepted on training data alone, unless the lockbox bears it out, and nothing that
    flags more than a few per cent of the points outside labelled incidents.
    """
    base, found = excess(final.base >= 1.0, final.labels), excess(final.fused.flags, final.labels)
    alone = _training_alone(published, final, splits, objective)
    notes = (*([f"the base {base}"] if base else []), *([alone.words] if alone else []))
    if asked is not InService.AUTO:
        return ServiceChoice(asked, "" if asked is InService.FUSION else f"--in-service {asked}", notes)
    held_back = alone.words if alone and not alone.borne_out else f"it {found}" if found else ""
    if not held_back:
        return ServiceChoice(InService.FUSION, notes=notes)
    return ServiceChoice(InService.NOTHING if base or not published.rules else InService.BASE, held_back, notes)


def _training_alone(
    published: Publication, final: FinalScores, splits: Splits, objective: str
) -> _TrainingAlone | None:
    """None where validation holds an incident, or nothing was fused."""
    if not published.rules or final.labels[splits.validation].any():
        return None
    told = "the rules were accepted on training alone, as validation holds no incident; "
    fused, base = (each[Part.LOCKBOX.value].get(metric_of(objective)) for each in (published.fused, published.base))
    if fused is None or base is None:
        return _TrainingAlone(f"{told}nor does the lockbox", borne_out=False)
    word = "better" if fused > base else "WORSE" if fused < base else "no better"
    return _TrainingAlone(f"{told}on the lockbox the fusion does {word} than the base", borne_out=fused > base)


def calibration_notes(final: FinalScores, splits: Splits) -> Iterator[str]:
    """What is to be said of a base that was calibrated without incidents."""
    if not final.labels[splits.train].any():
        yield f"no incident is labelled in training data, so the base is calibrated to {BUDGET_WORDS} there"
