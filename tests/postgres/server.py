"""A PostgreSQL for tests: a cluster in a folder of its own, ended with the test run."""

import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

SCRIPT = Path(__file__).with_name("start.sh")


def what_is_missing() -> str | None:
    """Why no PostgreSQL can be started here; None when it can."""
    if not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        return "PostgreSQL is not installed; tests/postgres/start.sh install gets Debian's"
    return None


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class PostgresServer:
    """A running server. Databases are numbered from 1."""

    port: int
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _made: str | None = None

    @classmethod
    @contextmanager
    def started(cls) -> Iterator["PostgresServer"]:
        """A server that ends with the block."""
        import pytest_socket

        pytest_socket.enable_socket()
        with tempfile.TemporaryDirectory(prefix="argosy-pg-", ignore_cleanup_errors=True) as folder:
            Path(folder).chmod(0o755)
            subprocess.run([SCRIPT, "make", folder], check=True)
            port = cls._start(folder)
            try:
                yield cls(port)
            finally:
                subprocess.run([SCRIPT, "stop", folder], check=True)

    @staticmethod
    def _start(folder: str) -> int:
        """Starts the cluster of a folder and returns its port: another one where somebody was quicker."""
        for _ in range(3):
            port = free_port()
            if subprocess.run([SCRIPT, "start", folder, str(port)]).returncode == 0:
                return port
        raise RuntimeError((Path(folder) / "log").read_text())

    def url(self, database: str) -> str:
        return f"postgresql://argosy@127.0.0.1:{self.port}/{database}"

    def new_database(self, template: str = "template0") -> str:
        """The URL of a database that was not there before."""
        import psycopg

        name = f"argosy_{next(self._numbers)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def new_store(self) -> str:
        """The URL of an empty store: a copy, because making the tables takes longer than a test."""
        from argosy.settings import Settings
        from argosy.store.store import open_store

        if self._made is None:
            self._made = self.new_database()
            open_store(Settings(Path(tempfile.gettempdir()), self._made)).close()
        return self.new_database(self._made.rpartition("/")[2])
