"""What the environment says."""

from pathlib import Path

import pytest

from argosy.settings import read_settings
from argosy.signals.errors import BadInput


def test_home_and_store_can_be_named() -> None:
    settings = read_settings({"ARGOSY_HOME": "/data/argosy", "ARGOSY_STORE": "postgresql://db/argosy"})
    assert (settings.home, settings.store) == (Path("/data/argosy"), "postgresql://db/argosy")


def test_without_them_the_users_data_folder_is_home() -> None:
    settings = read_settings({})
    assert settings.home.name == "argosy"
    assert settings.home.is_absolute()
    assert settings.store is None


def test_values_of_keys_are_known_as_secret() -> None:
    environ = {"OPENAI_API_KEY": "k1", "GH_TOKEN": "k2", "DB_PASSWORD": "k3", "EMPTY_KEY": "", "KEYBOARD": "us"}
    assert read_settings(environ).secrets == ("k1", "k2", "k3")


def test_a_store_that_is_no_url_is_refused() -> None:
    with pytest.raises(BadInput, match=r"ARGOSY_STORE: not a URL; write sqlite:"):
        read_settings({"ARGOSY_STORE": "/tmp/argosy.db"})
