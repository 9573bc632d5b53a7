"""What objectives are called, and under which name of a metric their figure is measured."""

DEFAULT_NAME = "default"


def metric_of(objective: str) -> str:
    """The name under which `argosy.eval.metrics.measure` gives the figure of an objective of this name."""
    return "objective" if objective == DEFAULT_NAME else objective
