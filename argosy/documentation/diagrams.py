"""Drawings in pages: Mermaid, which GitHub draws by itself, becomes SVG while the site is built."""

import hashlib

_OPTIONS = {"htmlLabels": False, "flowchart": {"htmlLabels": False}, "theme": "neutral"}
_DRAWN_ID = "my-svg"


def fence(source: str, language: str, class_name: str, options: object, md: object, **more: object) -> str:  # noqa: ARG001
    """The HTML for a block of Mermaid in a page. The signature is that of a custom fence of pymdown-extensions."""
    return f'<div class="{class_name}">{drawn(source)}</div>'


def drawn(source: str) -> str:
    """The drawing as SVG, with ids of its own, so that several may stand in one page."""
    from mermaidx import render

    svg: str = render(source, config=_OPTIONS).svg()
    return svg.replace(_DRAWN_ID, "d" + hashlib.sha256(source.encode()).hexdigest()[:12])
