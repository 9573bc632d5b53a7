"""Changes to Python source by position in its syntax tree, which keep everything else, comments included."""

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

from argosy.sandbox.parsing import parse


@dataclass(frozen=True)
class Edit:
    """Replaces the bytes from `start` to `end` by `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Source:
    """Python source with its tree. Raises what ast.parse raises."""

    text: str
    raw: bytes
    tree: ast.Module
    starts: tuple[int, ...]

    @classmethod
    def parse(cls, text: str) -> "Source":
        raw = text.encode()
        return cls(text, raw, parse(text), tuple(accumulate((len(line) + 1 for line in raw.split(b"\n")), initial=0)))

    def at(self, line: int, column: int) -> int:
        """The offset in bytes of a position as the tree counts it: lines from 1, columns in bytes from 0."""
        return self.starts[line - 1] + column

    def segment(self, node: ast.expr | ast.stmt) -> str:
        span = self.replace(node, "")
        return self.raw[span.start : span.end].decode()

    def replace(self, node: ast.expr | ast.stmt, text: str) -> Edit:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return Edit(self.at(node.lineno, node.col_offset), self.at(node.end_lineno, node.end_col_offset), text)

    def remove(self, node: ast.stmt) -> Edit:
        """Takes out a statement and its decorators: with its line, or as `pass` where it shares one."""
        edit = self.replace(node, "pass")
        start = min([edit.start, *(self.at(each.lineno, 0) for each in getattr(node, "decorator_list", ()))])
        raw = self.raw
        line = raw.rfind(b"\n", 0, start) + 1
        stop = raw.find(b"\n", edit.end)
        stop = len(raw) if stop < 0 else stop
        rest = raw[edit.end : stop].strip()
        if raw[line:start].strip() or (rest and not rest.startswith(b"#")):
            return edit
        return Edit(line, min(stop + 1, len(raw)), "")

    def insert_before(self, node: ast.stmt, lines: Iterable[str]) -> Edit:
        """Puts statements before one, indented like it, or on its line where that line began with something else."""
        at = self.at(node.lineno, node.col_offset)
        before = self.raw[self.at(node.lineno, 0) : at].decode()
        joint = "; " if before.strip() else "\n" + before
        return Edit(at, at, "".join(line + joint for line in lines))

    def apply(self, edits: Iterable[Edit]) -> str:
        """The text with all edits made; one inside another falls away, and what is put before a place comes first."""
        raw = self.raw
        done: list[bytes] = []
        reached = 0
        for edit in sorted(set(edits), key=lambda edit: (edit.start, edit.end > edit.start, -edit.end)):
            if edit.start < reached:
                continue
            done += [raw[reached : edit.start], edit.text.encode()]
            reached = edit.end
        return b"".join([*done, raw[reached:]]).decode()
