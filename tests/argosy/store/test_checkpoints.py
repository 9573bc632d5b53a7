"""Checkpoints: what a row names is never run, and bytes that are none are told of."""

from pathlib import Path
from typing import Any

import ormsgpack
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import empty_checkpoint
from langgraph.checkpoint.serde import jsonplus
from langgraph.types import Interrupt

from argosy.store import schema
from argosy.store.checkpoints import Checkpoints
from argosy.store.errors import StoreUnavailable
from argosy.store.store import Store

THREAD = RunnableConfig(configurable={"thread_id": "t", "checkpoint_ns": ""})
CALLS = {
    jsonplus.EXT_CONSTRUCTOR_SINGLE_ARG: ("os", "system", "touch {path}"),
    jsonplus.EXT_CONSTRUCTOR_POS_ARGS: ("os", "system", ["touch {path}"]),
    jsonplus.EXT_CONSTRUCTOR_KW_ARGS: ("subprocess", "run", {"args": ["touch", "{path}"]}),
    jsonplus.EXT_METHOD_SINGLE_ARG: ("os", "path", "{path}", "exists"),
    jsonplus.EXT_PYDANTIC_V1: ("subprocess", "Popen", {"args": ["touch", "{path}"]}, "x"),
    jsonplus.EXT_PYDANTIC_V2: ("subprocess", "Popen", {"args": ["touch", "{path}"]}, "x"),
}


def kept(store: Store, **values: Any) -> Checkpoints:
    """A checkpointer with one checkpoint, in whose row these values then stand."""
    saver = Checkpoints(store.database)
    saver.put(THREAD, empty_checkpoint() | {"channel_values": {"why": "drift"}}, {"step": 1}, {})
    with store.database.writing() as connection:
        connection.execute(schema.checkpoints.update().values(**values) if values else sa.text("SELECT 1"))
    return saver


def filled(call: Any, path: Path) -> Any:
    match call:
        case str():
            return call.replace("{path}", str(path))
        case dict():
            return {key: filled(each, path) for key, each in call.items()}
        case _:
            return [filled(each, path) for each in call]


def test_what_was_kept_comes_back_with_its_interrupts(store: Store) -> None:
    saver = kept(store)
    found = saver.get_tuple(THREAD)
    assert found is not None
    saver.put_writes(found.config, [("__interrupt__", (Interrupt({"challenger": "d-1"}, id="i-1"),))], "task")
    again = saver.get_tuple(THREAD)
    assert again is not None
    assert again.checkpoint["channel_values"] == {"why": "drift"}
    ((_, channel, value),) = again.pending_writes or ()
    assert (channel, list(value)) == ("__interrupt__", [Interrupt({"challenger": "d-1"}, id="i-1")])


@pytest.mark.parametrize("code", CALLS)
def test_nothing_that_a_row_names_is_run(store: Store, tmp_path: Path, code: int) -> None:
    made = tmp_path / "made"
    inner = ormsgpack.packb(filled(CALLS[code], made))
    value = {**empty_checkpoint(), "channel_values": {"state": ormsgpack.Ext(code, inner)}}
    saver = kept(store, kind="msgpack", data=ormsgpack.packb(value))
    found = saver.get_tuple(THREAD)
    assert not made.exists()
    assert found is not None
    assert str(made) in str(found.checkpoint["channel_values"]["state"]), "the plain value beside the name"


def outcome(saver: Checkpoints) -> str:
    """Why the checkpoint could not be read; empty if it was."""
    try:
        saver.get_tuple(THREAD)
    except StoreUnavailable as error:
        return str(error)
    return ""


@pytest.mark.parametrize("kind", ["msgpack", "json", "pickle", "no such kind"])
@given(data=st.binary(max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_bytes_that_are_no_checkpoint_are_told_of(store: Store, kind: str, data: bytes) -> None:
    saver = kept(store, kind=kind, data=data)
    assert "damaged checkpoint" in (outcome(saver) or "a damaged checkpoint")
