"""What must hold of the built site: nothing is loaded from elsewhere when a page is viewed, and no file is missing."""

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

_LOADED = {
    "script": "src",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "video": "src",
    "audio": "src",
    "embed": "src",
    "object": "data",
    "image": "href",
    "use": "href",
}
_LINKS_THAT_LOAD = frozenset(
    {"stylesheet", "icon", "preconnect", "preload", "modulepreload", "prefetch", "dns-prefetch"}
)
_LIBRARY_MARKS = ("mermaid", "arithmatex")
"""Classes for which the theme's own script would fetch a library."""


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.links: list[str] = []
        self.classes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name.removeprefix("xlink:"): value or "" for name, value in attrs}
        self.classes |= set(values.get("class", "").split())
        if tag == "link" and _LINKS_THAT_LOAD & set(values.get("rel", "").split()):
            self.loaded.append(values.get("href", ""))
        if tag in _LOADED and _LOADED[tag] in values:
            self.loaded.append(values[_LOADED[tag]])
        self.loaded += [part.split()[0] for part in values.get("srcset", "").split(",") if part.strip()]
        if tag == "a" and "href" in values:
            self.links.append(values["href"])


def faults(site: Path) -> Iterator[str]:
    """What is wrong with the site in this folder, a line each."""
    pages = sorted(site.rglob("*.html"))
    if not pages:
        yield f"{site}: holds no page"
    for path in pages:
        page = _Page()
        page.feed(path.read_text("utf-8"))
        yield from (f"{path}: loads {each}" for each in page.loaded if _is_elsewhere(each))
        yield from (f"{path}: {name} makes the theme load a library" for name in _LIBRARY_MARKS if name in page.classes)
        yield from (f"{path}: {each} is not there" for each in _here(page) if not _exists(site, path, each))
    for path in sorted(site.rglob("*.css")):
        text = path.read_text("utf-8")
        yield from (f"{path}: loads from the network" for mark in ("url(http", "url(//", "@import") if mark in text)


def _here(page: _Page) -> Iterator[str]:
    return (each for each in [*page.loaded, *page.links] if not urlsplit(each).scheme and not _is_elsewhere(each))


def _is_elsewhere(address: str) -> bool:
    return address.startswith("//") or urlsplit(address).scheme in ("http", "https")


def _exists(site: Path, page: Path, address: str) -> bool:
    path = unquote(urlsplit(address).path)
    if not path:
        return True
    target = site / path.lstrip("/") if path.startswith("/") else page.parent / path
    return (target / "index.html").is_file() or target.is_file()
