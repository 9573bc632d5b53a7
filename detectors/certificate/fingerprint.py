"""What data a certificate is about."""

import hashlib

import numpy as np

from argosy.detectors.certificate.form import Data, Verdicts
from argosy.detectors.certificate.subject import flagged
from argosy.eval.splits import Splits
from argosy.signals.arrays import Bools, Floats
from argosy.signals.incidents import runs
from argosy.signals.series import Series


def fingerprint(series: Series, labels: Bools) -> str:
    """SHA-256 over seconds (int64), values (float64, NaNs alike) and labels (one byte each), little-endian."""
    digest = hashlib.sha256()
    values = np.where(np.isnan(series.values), np.nan, series.values + 0.0)  # one NaN, one zero
    digest.update(series.seconds.astype("<i8").tobytes())
    digest.update(values.astype("<f8").tobytes())
    digest.update(labels.astype("u1").tobytes())
    return digest.hexdigest()


def source_hash(source: str) -> str:
    """SHA-256 of a rule's source."""
    return hashlib.sha256(source.encode()).hexdigest()


def data_of(series: Series, labels: Bools, splits: Splits) -> Data:
    """The data section of a certificate."""
    return Data(
        series=series.id,
        points=len(series),
        step_s=series.step_s,
        first_second=int(series.seconds[0]),
        incidents=len(runs(labels)),
        train_stop=splits.train_stop,
        validation_stop=splits.validation_stop,
        sha256=fingerprint(series, labels),
    )


def verdicts_of(scores: Floats) -> Verdicts:
    """The flags in brief."""
    flags = flagged(scores)
    return Verdicts(
        points=len(flags),
        flagged=int(flags.sum()),
        alerts=len(runs(flags)),
        sha256=hashlib.sha256(flags.astype("u1").tobytes()).hexdigest(),
    )
