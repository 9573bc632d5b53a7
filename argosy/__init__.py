"""What people touch: the command, connectors, the store, settings, and the composition root that wires the rest."""
