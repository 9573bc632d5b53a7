"""Pictures of series and of what detectors said of them."""
