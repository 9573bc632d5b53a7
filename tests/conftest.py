"""What tests need of the machine: a marker says it; skipped with the reason, failed where ARGOSY_REQUIRE names it."""

import os
import signal
from collections.abc import Callable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import settings

from argosy.store import schema, upgrade
from argosy.store.database import Database
from tests.postgres.server import PostgresServer


def lacking_docker() -> str | None:
    from argosy.sandboxes import what_docker_lacks

    return what_docker_lacks()


def lacking_namespaces() -> str | None:
    from argosy.sandbox.local import LocalSandbox

    local = LocalSandbox()
    try:
        return None if local.sealed else f"the local sandbox is {local.grade}; install bubblewrap"
    finally:
        local.close()


def lacking_model() -> str | None:
    from argosy.models.gguf import what_is_missing

    path = os.environ.get("ARGOSY_TEST_GGUF")
    if not path:
        return "ARGOSY_TEST_GGUF names no model file; tests/models/fetch.sh gets one"
    missing = what_is_missing(path)
    return f"{path}: {'; '.join(missing)}" if missing else None


def lacking_torch() -> str | None:
    return None if find_spec("torch") else "torch is not installed; pip install torch (a build for CPUs is enough)"


def lacking_postgres() -> str | None:
    from tests.postgres.server import what_is_missing

    return what_is_missing()


def lacking_prometheus() -> str | None:
    from tests.prometheus.server import what_is_missing

    return what_is_missing()


LACKING: dict[str, Callable[[], str | None]] = {
    "docker": cache(lacking_docker),
    "namespaces": cache(lacking_namespaces),
    "model": cache(lacking_model),
    "torch": lacking_torch,
    "postgres": cache(lacking_postgres),
    "prometheus": cache(lacking_prometheus),
}


settings.register_profile("quick", max_examples=25, deadline=None)
settings.register_profile("thorough", max_examples=100, deadline=None)
settings.load_profile("quick")


def pytest_configure(config: pytest.Config) -> None:
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in jobs that a shell runs in the background
        signal.signal(signal.SIGINT, signal.default_int_handler)
    config.addinivalue_line("markers", "model: needs xllamacpp and a model file that ARGOSY_TEST_GGUF names")
    config.addinivalue_line("markers", "postgres: starts a PostgreSQL of its own; tests/postgres/start.sh gets it")
    config.addinivalue_line("markers", "prometheus: starts a Prometheus of its own; tests/prometheus/start.sh gets it")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With `--dist loadgroup`, what counts containers, volumes or shared memory runs in one process, one by one.

    The rest goes by file, since a module's fixtures are its own; pages of the docs share none that is dear. What grows
    forests is slow.
    """
    for item in items:
        if "opprentice" in item.name:
            item.add_marker("slow")
        file = item.nodeid.partition("::")[0]
        engine = any(item.get_closest_marker(name) for name in ("docker", "namespaces"))
        if engine or not file.startswith("tests/docs/"):
            item.add_marker(pytest.mark.xdist_group("engine" if engine else file))


def pytest_runtest_setup(item: pytest.Item) -> None:
    required = os.environ.get("ARGOSY_REQUIRE", "").split(",")
    for name, lacking in LACKING.items():
        if item.get_closest_marker(name) and (reason := lacking()):
            if name in required:
                pytest.fail(f"ARGOSY_REQUIRE names {name}, and here {reason}")
            pytest.skip(reason)


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing a test keeps lands in the user's own store."""
    monkeypatch.setenv("ARGOSY_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in ("ARGOSY_STORE", "ARGOSY_MODELS", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True, scope="session")
def _migrated_once() -> Iterator[None]:
    """Of the new SQLite stores of this process the first is made by the migrations, the others by what they made.

    Hundreds of tests open a new store, and the migrations take the processor ten times as long as their outcome.
    """
    made: list[str] = []
    migrate = upgrade._run

    def run(database: Database, connection: sa.Connection) -> None:
        if connection.dialect.name != "sqlite" or sa.inspect(connection).get_table_names():
            migrate(database, connection)
        elif made:
            for statement in made:
                connection.exec_driver_sql(statement)
        else:
            migrate(database, connection)
            made.extend(connection.scalars(sa.text("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")))
            made.append(f"INSERT INTO alembic_version VALUES ('{schema.HEAD}')")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(upgrade, "_run", run)
        yield


@pytest.fixture(scope="session")
def _postgres() -> Iterator[PostgresServer]:
    with PostgresServer.started() as server:
        yield server


@pytest.fixture
def postgres_url(_postgres: PostgresServer) -> str:
    """An empty database of the test's own, on a server that the test run has started."""
    return _postgres.new_database()


@pytest.fixture
def postgres_store(_postgres: PostgresServer) -> str:
    """The URL of an empty store of the test's own."""
    return _postgres.new_store()
