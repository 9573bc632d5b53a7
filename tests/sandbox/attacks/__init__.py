"""What a hostile rule might try: one function an attack, its harm first shown where just its protection is missing."""
