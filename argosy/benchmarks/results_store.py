"""Where the sessions of a benchmark are kept: a store in its results folder."""

from pathlib import Path

from argosy.settings import Settings, read_settings


def store_settings(out: Path) -> Settings:
    """The store of the sessions of a benchmark: ARGOSY_HOME for `argosy show` of their transcripts."""
    return Settings(home=out / "store", secrets=read_settings().secrets)
