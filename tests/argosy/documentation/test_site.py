"""What is looked for in a built site."""

from pathlib import Path

import pytest

from argosy.documentation.site import faults

WHOLE = """<html><head><link rel="stylesheet" href="style.css"><link rel="canonical" href="https://example.org/"></head>
<body><a href="https://example.org/">elsewhere</a><a href="sub/#top">here</a><img src="pixel.png">
<div class="diagram"><svg xmlns="http://www.w3.org/2000/svg"><text>a</text></svg></div></body></html>"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "sub").mkdir()
    (tmp_path / "index.html").write_text(WHOLE)
    (tmp_path / "sub" / "index.html").write_text('<a href="../">up</a>')
    (tmp_path / "style.css").write_text("body { background: url(pixel.png) }")
    (tmp_path / "pixel.png").write_bytes(b"")
    return tmp_path


def test_a_site_that_links_elsewhere_and_loads_nothing_from_there_is_whole(site: Path) -> None:
    assert list(faults(site)) == []


@pytest.mark.parametrize(
    "html",
    [
        '<script src="https://unpkg.com/x.js"></script>',
        '<link rel="stylesheet" href="//fonts.example/a.css">',
        '<link rel="preconnect" href="https://fonts.example">',
        '<img src="http://example.org/a.png">',
        '<img srcset="../pixel.png 1x, https://example.org/a.png 2x">',
        '<svg><image xlink:href="https://example.org/a.svg"/></svg>',
        '<pre class="mermaid"><code>graph TD;</code></pre>',
        '<a href="nothing/">gone</a>',
        '<img src="gone.png">',
    ],
)
def test_what_loads_from_elsewhere_or_is_not_there_is_found(site: Path, html: str) -> None:
    (site / "sub" / "index.html").write_text(html)
    assert len(list(faults(site))) == 1


def test_a_style_that_loads_a_font_is_found(site: Path) -> None:
    (site / "style.css").write_text("@font-face { src: url(https://fonts.example/a.woff2) }")
    assert len(list(faults(site))) == 1


def test_no_page_at_all_is_a_fault(tmp_path: Path) -> None:
    assert len(list(faults(tmp_path))) == 1
