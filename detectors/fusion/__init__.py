"""A base and rules as one detector: which rules, how loud, how long held, and what each has done."""
