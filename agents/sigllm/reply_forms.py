"""The forms of replies that are lists of numbers; digits may be spaced."""

from argosy.agents.models.reply_form import TextForm

_RULES = 'numbers ::= number ([ ]? "," [ ]? number)*\nnumber ::= [0-9] ([ ]? [0-9]){0,14}\n'
_NUMBERS = "[0-9]( ?[0-9]){0,14}( ?, ?[0-9]( ?[0-9]){0,14})*"

NUMBERS = TextForm(f"root ::= numbers\n{_RULES}", _NUMBERS)
NUMBERS_OR_NONE = TextForm(f'root ::= "none" | numbers\n{_RULES}', f"none|{_NUMBERS}")
