"""The folder that the site is built from: the pages of docs/, and what they link to in the rest of the repository.

On GitHub a page links to any file beside it in the repository; on the site there are only pages. So whatever is linked
to comes along, and links are turned to where it lies: results under `results/`, other files under `repository/`.
"""

import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote, unquote

_CODE = re.compile(r"(^[ ]*(```+|~~~+)[^\n]*\n.*?^[ ]*\2[ ]*$|`[^`\n]+`)", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?P<before>\]\(|\bsrc=\"|\bhref=\")(?P<path>[^)\s#\"]+)(?P<anchor>#[^)\s\"]*)?(?P<after>[)\s\"])")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:|//|/", re.IGNORECASE)


def gather(root: Path, into: Path) -> None:
    """Fills the folder, which must not hold anything yet. A link that leads nowhere stays as it is."""
    wanted = [path for path in sorted((root / "docs").rglob("*")) if path.is_file()]
    known = set(wanted)
    while wanted:
        source = wanted.pop()
        target = into / _place(source.relative_to(root))
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.suffix == ".md":
            text, linked = _turned(source, root)
            target.write_text(text, "utf-8")
            wanted += sorted(set(linked) - known)
            known |= set(linked)
        else:
            shutil.copyfile(source, target)


def _place(path: Path) -> Path:
    """Where a file of the repository lies on the site."""
    match path.parts:
        case ("docs", *rest):
            return Path(*rest)
        case ("eval", "results", name, "README.md"):
            return Path("results", f"{name}.md")
        case ("eval", "results", *rest):
            return Path("results", *rest)
    return Path("repository", *path.parts)


def _turned(page: Path, root: Path) -> tuple[str, Iterable[Path]]:
    """The page's text with its links turned, and the files that they lead to."""
    linked: list[Path] = []

    def turn(found: re.Match[str]) -> str:
        file = _file(page, found["path"], root)
        if file is None:
            return found[0]
        linked.append(file)
        here = _place(page.relative_to(root)).parent
        path = quote(Path(os.path.relpath(_place(file.relative_to(root)), here)).as_posix())
        return f"{found['before']}{path}{found['anchor'] or ''}{found['after']}"

    parts = _CODE.split(page.read_text("utf-8"))
    kept = [_LINK.sub(turn, part) if number % 3 == 0 else part for number, part in enumerate(parts)]
    return "".join(part for number, part in enumerate(kept) if number % 3 != 2), linked


def _file(page: Path, path: str, root: Path) -> Path | None:
    """The file that a link leads to; of a folder, what introduces it."""
    if _SCHEME.match(path):
        return None
    target = (page.parent / unquote(path)).resolve()
    if target.is_dir():
        target /= "README.md"
    return target if target.is_file() and target.is_relative_to(root) else None
