"""The results folder: one small file for each finished cell, and the settings they were all made with."""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from argosy.eval.bench.cell import Cell, CellResult
from argosy.signals.errors import BadInput

SETTINGS = "settings.json"

Plain = Mapping[str, object]


@dataclass(frozen=True)
class ResultsFolder:
    """Where a benchmark keeps what is finished; safe to kill at any moment."""

    path: Path

    @staticmethod
    def open(path: Path, settings: Plain) -> "ResultsFolder":
        """Makes the folder, or takes one up that was made with the same settings. Raises BadInput."""
        folder = ResultsFolder(path)
        try:
            folder.cells.mkdir(parents=True, exist_ok=True)
            folder.series.mkdir(exist_ok=True)
            folder.logs.mkdir(exist_ok=True)
        except OSError as error:
            problem = f"the folder cannot be made: {(error.strerror or str(error)).lower()}"
            raise BadInput(str(path), problem, "name another folder with --out") from error
        folder._agree(settings)
        return folder

    @property
    def cells(self) -> Path:
        return self.path / "cells"

    @property
    def series(self) -> Path:
        return self.path / "series"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    def finished(self) -> Iterator[CellResult]:
        """Every cell that is finished; a file that cannot be read is as good as none."""
        for file in sorted(self.cells.glob("*.json")):
            try:
                yield CellResult.of_json(file.read_text("utf-8"))
            except (ValueError, KeyError, TypeError):
                continue

    def write(self, result: CellResult) -> None:
        """Keeps a finished cell; the file is there whole or not at all."""
        write_whole(self.cells / result.cell.file_name, result.as_json())

    def log(self, cell: Cell) -> Path:
        """Where what a cell writes to stderr goes."""
        return self.logs / f"{cell.file_name.removesuffix('.json')}.log"

    def _agree(self, settings: Plain) -> None:
        file = self.path / SETTINGS
        if not file.exists():
            if any(self.cells.iterdir()):
                raise BadInput(str(self.path), f"holds cells but no {SETTINGS}", "name another folder with --out")
            write_whole(file, json.dumps(settings, indent=2))
            return
        try:
            there = json.loads(file.read_text("utf-8"))
        except ValueError as error:
            raise BadInput(str(file), "cannot be read", "name another folder with --out") from error
        other = [
            name for name in {**there, **settings} if there.get(name) != json.loads(json.dumps(settings.get(name)))
        ]
        if other:
            told = ", ".join(f"{name} ({there.get(name)} there, {settings.get(name)} here)" for name in other)
            raise BadInput(str(self.path), f"holds results made with another {told}", "name another folder with --out")


def write_whole(file: Path, text: str) -> None:
    """Writes a file so that a kill leaves the old one or the new one."""
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    with fresh.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(file)
