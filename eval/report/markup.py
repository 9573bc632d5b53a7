"""Pieces of HTML that sections share."""

import html
from collections.abc import Iterable, Sequence


def table(heads: Iterable[str], rows: Iterable[Sequence[str]], kind: str = "") -> str:
    """A table that scrolls; heads are text, cells HTML."""
    head = "".join(f"<th>{html.escape(each)}</th>" for each in heads)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class=scroll><table class="{kind}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
