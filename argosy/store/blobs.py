"""Bytes under their SHA-256: prompts, replies, sources. Each is kept once, compressed."""

import hashlib
import zlib

import sqlalchemy as sa

from argosy.graphs.recording.redaction import Redaction
from argosy.signals.errors import BadInput
from argosy.store import schema
from argosy.store.database import Database

LARGEST_BYTES = 16 << 20


class Blobs:
    """Keeps bytes, less their secrets, and gives them back by name."""

    def __init__(self, database: Database, redaction: Redaction) -> None:
        self._database, self._redaction = database, redaction

    def put(self, data: bytes) -> str:
        """Keeps the bytes and returns their SHA-256 in hex. Beyond 16 MiB only the beginning is kept, and says so."""
        data = self._redaction.data(data)
        if len(data) > LARGEST_BYTES:
            data = data[:LARGEST_BYTES] + f"\n[{len(data) - LARGEST_BYTES} more bytes were not kept]".encode()
        name = hashlib.sha256(data).hexdigest()
        if not self._has(name):
            row = {"sha256": name, "size": len(data), "zlib": zlib.compress(data)}
            with self._database.writing() as connection:
                self._database.insert_new(connection, schema.blobs, row)
        return name

    def get(self, name: str) -> bytes:
        """The bytes of that SHA-256. Raises BadInput when they are not here, StoreUnavailable when damaged."""
        return self.get_many([name])[name]

    def get_many(self, names: list[str]) -> dict[str, bytes]:
        """The same for several, in one go."""
        table = schema.blobs
        found: dict[str, bytes] = {}
        with self._database.reading() as connection:
            for start in range(0, len(names), 500):
                some = sa.select(table).where(table.c.sha256.in_(names[start : start + 500]))
                for name, size, packed in connection.execute(some):
                    found[name] = self._unpacked(name, size, packed)
        for name in names:
            if name not in found:
                raise BadInput(f"blob {name}", "is not in the store", "open the store that the session was recorded in")
        return found

    def _unpacked(self, name: str, size: int, packed: bytes) -> bytes:
        try:
            data = zlib.decompressobj().decompress(packed, size + 1)
        except zlib.error:
            data = b""
        if hashlib.sha256(data).hexdigest() != name:
            raise self._database.unavailable("a blob is malformed")
        return data

    def _has(self, name: str) -> bool:
        column = schema.blobs.c.sha256
        with self._database.reading() as connection:
            return connection.scalar(sa.select(column).where(column == name)) is not None
