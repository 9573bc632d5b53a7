"""Where the project's own files lie, whatever folder the tests are started in."""

from pathlib import Path

ROOT = Path(__file__).parent.parent
