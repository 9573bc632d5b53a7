"""Checkpoints of graphs that wait for a person, so that any process can go on with them."""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    WRITES_IDX_MAP,
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    get_checkpoint_id,
    get_checkpoint_metadata,
)
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from argosy.store import schema
from argosy.store.database import Database
from argosy.store.errors import StoreUnavailable

_TABLE, _WRITES = schema.checkpoints, schema.checkpoint_writes


class Checkpoints(BaseCheckpointSaver[int]):
    """LangGraph's checkpointer over our own tables, for SQLite and PostgreSQL alike; whole checkpoints, never deleted.

    For state that is small and JSON-like: it is kept whole at every step. Of types with a name only LangGraph's own
    harmless ones are made when it is read; whatever else a row names stays the plain value beside the name.
    """

    def __init__(self, database: Database) -> None:
        super().__init__(serde=JsonPlusSerializer(allowed_msgpack_modules=None))
        self._database = database

    def get_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """The checkpoint that the configuration names, or the newest of its thread."""
        return next(self.list(config, limit=1), None)

    def list(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> Iterator[CheckpointTuple]:
        """Checkpoints, the newest first: their ids rise with time."""
        query = sa.select(_TABLE).order_by(_TABLE.c.id.desc())
        if config is not None:
            thread, space = _place(config)
            query = query.where((_TABLE.c.thread == thread) & (_TABLE.c.space == space))
            if name := get_checkpoint_id(config):
                query = query.where(_TABLE.c.id == name)
        if before is not None and (last := get_checkpoint_id(before)):
            query = query.where(_TABLE.c.id < last)
        with self._database.reading() as connection:
            rows = connection.execute(query.limit(None if filter else limit)).all()
            found = [self._tuple(connection, row) for row in rows]
        wanted = [each for each in found if not filter or filter.items() <= dict(each.metadata).items()]
        yield from wanted[:limit]

    def put(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,  # noqa: ARG002  whole checkpoints need none
    ) -> RunnableConfig:
        """Keeps a checkpoint; the same again changes nothing."""
        thread, space = _place(config)
        kind, data = self.serde.dumps_typed(checkpoint)
        row = {
            "thread": thread,
            "space": space,
            "id": checkpoint["id"],
            "parent": get_checkpoint_id(config),
            "kind": kind,
            "data": data,
            "metadata": dict(get_checkpoint_metadata(config, metadata)),
        }
        with self._database.writing() as connection:
            self._database.insert_new(connection, _TABLE, row)
        return _config(thread, space, checkpoint["id"])

    def put_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """Keeps what a task wrote, such as that it was interrupted; each place once, save for LangGraph's own marks."""
        thread, space = _place(config)
        with self._database.writing() as connection:
            for number, (channel, value) in enumerate(writes):
                kind, data = self.serde.dumps_typed(value)
                key: dict[str, Any] = {
                    "thread": thread,
                    "space": space,
                    "checkpoint": get_checkpoint_id(config),
                    "task": task_id,
                    "number": WRITES_IDX_MAP.get(channel, number),
                }
                value_row: dict[str, Any] = {"path": task_path, "channel": channel, "kind": kind, "data": data}
                if not self._database.insert_new(connection, _WRITES, key | value_row) and channel in WRITES_IDX_MAP:
                    same = sa.and_(*(_WRITES.c[name] == each for name, each in key.items()))
                    connection.execute(_WRITES.update().where(same).values(**value_row))

    def _tuple(self, connection: sa.Connection, row: sa.Row[Any]) -> CheckpointTuple:
        same = (_WRITES.c.thread == row.thread) & (_WRITES.c.space == row.space) & (_WRITES.c.checkpoint == row.id)
        query = sa.select(_WRITES).where(same).order_by(_WRITES.c.path, _WRITES.c.task, _WRITES.c.number)
        load = self._load
        return CheckpointTuple(
            config=_config(row.thread, row.space, row.id),
            checkpoint=load((row.kind, row.data)),
            metadata=row.metadata,
            parent_config=_config(row.thread, row.space, row.parent) if row.parent else None,
            pending_writes=[(w.task, w.channel, load((w.kind, w.data))) for w in connection.execute(query)],
        )

    def _load(self, typed: tuple[str, bytes]) -> Any:
        try:
            return self.serde.loads_typed(typed)
        except (ValueError, TypeError, KeyError, NotImplementedError, RecursionError) as error:
            mend = "refresh the detector again"
            raise StoreUnavailable(self._database.place, "holds a damaged checkpoint", mend) from error


def _place(config: RunnableConfig) -> tuple[str, str]:
    named = config["configurable"]
    return str(named["thread_id"]), str(named.get("checkpoint_ns", ""))


def _config(thread: str, space: str, checkpoint: str) -> RunnableConfig:
    return RunnableConfig(configurable={"thread_id": thread, "checkpoint_ns": space, "checkpoint_id": checkpoint})
