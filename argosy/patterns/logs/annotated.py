"""A log written again with a verdict for each of its lines: as text, JSON lines or Parquet."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from argosy.agents.logs.answers import NumberedVerdict
from argosy.detectors.logs.templates import OTHERS
from argosy.inputs.logs.log_file import Log
from argosy.patterns.logs.mining import LineTemplates
from argosy.signals.errors import BadInput
from argosy.terminal import printable

_ROWS_AT_ONCE = 8_192


@dataclass(frozen=True)
class Row:
    """A line with its verdict: normal, abnormal or unknown."""

    line: int
    verdict: str
    reason: str
    template: int
    text: str
    severity: str


def verdict_of(answer: NumberedVerdict | None) -> str:
    """The word for a verdict, also for none."""
    return "unknown" if answer is None else "abnormal" if answer.abnormal else "normal"


def check_writable(out: Path, source: Path) -> None:
    """Raises BadInput for a file that would be written over the log itself, or that cannot be written."""
    if out.exists() and source.exists() and out.samefile(source):
        raise BadInput(f"--out {out}", "is the log itself", "give another file")
    if not out.parent.is_dir() or out.is_dir():
        raise BadInput(f"--out {out}", "cannot be written", "give a file in a folder that is there")


def annotate(log: Log, tally: LineTemplates, answers: Mapping[int, NumberedVerdict], out: Path) -> int:
    """Reads the log again and writes it line by line; gives the count. By the name: .jsonl, .parquet, else text.

    Text has verdict, line number, reason and line, parted by tabs. Of a log that has grown since it was mined the new
    lines are left out; one that has lost lines ends early. Raises BadInput.
    """
    rows = _rows(log, tally, answers)
    try:
        return _WRITERS.get(out.suffix, _write_text)(rows, out)
    except OSError as error:
        raise BadInput(f"--out {out}", f"cannot be written: {error.strerror}", "give another file") from error


def _rows(log: Log, tally: LineTemplates, answers: Mapping[int, NumberedVerdict]) -> Iterator[Row]:
    mined = (pair for numbers, ids in tally.blocks() for pair in zip(numbers.tolist(), ids.tolist(), strict=True))
    for entries in log.batches():
        for number, text, severity in zip(entries.numbers.tolist(), entries.texts, entries.severities, strict=True):
            known, id = next(mined, (None, OTHERS))
            if known != number:
                return
            answer = answers.get(id)
            yield Row(number, verdict_of(answer), answer.reason if answer else "", id, text, severity.value)


def _write_text(rows: Iterator[Row], out: Path) -> int:
    count = 0
    with out.open("w", encoding="utf-8", errors="replace") as file:
        for count, row in enumerate(rows, 1):  # noqa: B007  the count is told
            reason = printable(row.reason).replace("\t", " ").replace("\n", " ")
            text = row.text.replace("\n", "\\n")
            file.write(f"{row.verdict}\t{row.line}\t{reason}\t{text}\n")
    return count


def _write_json(rows: Iterator[Row], out: Path) -> int:
    count = 0
    with out.open("w", encoding="utf-8", errors="replace") as file:
        for count, row in enumerate(rows, 1):  # noqa: B007
            file.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")
    return count


def _write_parquet(rows: Iterator[Row], out: Path) -> int:
    kinds = {"line": pa.int64(), "verdict": pa.string(), "reason": pa.string(), "template": pa.int64()}
    schema = pa.schema([*kinds.items(), ("text", pa.string()), ("severity", pa.string())])
    count = 0
    with ExitStack() as stack:
        writer = stack.enter_context(pq.ParquetWriter(out, schema))
        while block := [asdict(row) for row in islice(rows, _ROWS_AT_ONCE)]:
            writer.write_table(pa.Table.from_pylist(block, schema))
            count += len(block)
    return count


_WRITERS: Mapping[str, Callable[[Iterator[Row], Path], int]] = {".jsonl": _write_json, ".parquet": _write_parquet}
