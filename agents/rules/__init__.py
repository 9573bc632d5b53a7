"""The three agents that write rules: Detection, Repair and Review, with the evidence that they are shown."""
