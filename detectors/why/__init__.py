"""Why a fused detector said what it said of one point, and what would have made it say otherwise; no model is asked.

The rule's syntax tree tells how its score is put together, a copy that notes its intermediate values runs in the
sandbox, and the nearest changes that turn the verdict are searched and then run again with the rule as it is.
"""
