"""The bounds of a refinement session."""

from dataclasses import dataclass, field

from argosy.detectors.rules.rule import Direction
from argosy.sandbox.protocol import Limits


@dataclass(frozen=True)
class Settings:
    """Every bound of the loop; `prompt_tokens` sizes the evidence of one call, and `explain` is how many alerts of the
    lockbox are explained in words at most."""

    directions: tuple[Direction, ...] = (Direction.FLAG, Direction.CLEAR)
    rounds: int = 3
    candidates: int = 5
    max_repairs: int = 2
    max_revisions: int = 1
    stall_rounds: int = 2
    archive_size: int = 4
    evaluations: int = 36
    prompt_tokens: int = 2_500
    seed: int = 0
    workers: int = 2
    explain: int = 0
    trial_limits: Limits = field(default_factory=lambda: Limits(job_s=20.0))
    limits: Limits = field(default_factory=lambda: Limits(job_s=60.0))
