"""The benchmark as one page that needs nothing else, and as Markdown: tables, pictures drawn as SVG, every failure."""

from argosy.eval.report.markdown import write_markdown
from argosy.eval.report.page import Page, write_page
from argosy.eval.report.sections import Section

__all__ = ["Page", "Section", "write_markdown", "write_page"]
