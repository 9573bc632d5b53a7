"""Run by the Python of an installation, in a folder of strangers: everything packaged is there, and is Argosy's."""

import importlib
import json
import pkgutil
import sys
import tempfile
from importlib.resources import files
from pathlib import Path

import argosy

SCRIPTS = ("argosy.models.gguf.child", "argosy.sandbox.harness", "argosy.store.migrations")
"""What runs in another program, and is not to be imported."""


def modules() -> list[str]:
    """Imports every module; returns the files of those that come from anywhere but the installation."""
    installed = Path(argosy.__file__).parent
    for each in pkgutil.walk_packages(argosy.__path__, "argosy."):
        if not each.name.startswith(SCRIPTS):
            importlib.import_module(each.name)
    ours = [module for name, module in sys.modules.items() if name.split(".")[0] == "argosy"]
    return [str(each.__file__) for each in ours if not Path(str(each.__file__)).is_relative_to(installed)]


def prompts() -> int:
    from argosy.prompts import _environment  # the texts' slots are the agents'; that each can be read is ours

    names = [
        f"{folder.name}/{text.name}"
        for folder in files("argosy.prompts").iterdir()
        if folder.is_dir() and folder.name != "__pycache__"
        for text in folder.iterdir()
    ]
    return sum(_environment().get_template(name) is not None for name in names)


def store() -> str:
    import sqlalchemy as sa

    from argosy.settings import Settings
    from argosy.store.store import open_store

    with tempfile.TemporaryDirectory() as folder:
        opened = open_store(Settings(Path(folder)))
        with opened.database.reading() as connection:
            version = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
        opened.close()
    return str(version)


def facts() -> dict[str, object]:
    from argosy.benchmarks.plan import code_digest
    from argosy.detectors.cards import CardKind, packaged_cards
    from argosy.inputs.example import example_path
    from argosy.models.table import find_models
    from argosy.prompts import render
    from argosy.sandbox.image import image_tag, pins
    from argosy.sandbox.seccomp import Profile, programs
    from argosy.settings import read_settings

    return {
        "argosy": argosy.__file__,
        "strangers": modules(),
        "prompts": prompts(),
        "prompt": render("detection", "system"),
        "cards": [len(packaged_cards(kind)) for kind in CardKind],
        "model": find_models(read_settings()).of("openai:gpt-4.1-mini").context_tokens,
        "image": image_tag(),
        "pins": len(pins()),
        "profiles": [len(programs(profile)) for profile in Profile],
        "example": example_path().is_file(),
        "store": store(),
        "code": code_digest(),
    }


print(json.dumps(facts()))
