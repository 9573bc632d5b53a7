"""The benchmark as one page that needs nothing else: tables, pictures drawn as SVG, and every failure."""

from eval.report.page import Page, write_page

__all__ = ["Page", "write_page"]
