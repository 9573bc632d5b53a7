"""Drain gives the ids and templates of drain3, on logs and on made-up words, with and without room for more."""

from pathlib import Path

import pytest
from drain3.drain import LogCluster
from hypothesis import given, settings
from hypothesis import strategies as st

from argosy.detectors.logs.drain import Drain
from argosy.detectors.logs.masking import keeps_lines_apart, masked
from argosy.detectors.logs.templates import _BoundedDrain

LOGS = sorted(Path(__file__).parents[2].joinpath("cases").glob("log*/*"))
Line = tuple[str, list[str]]


def placed(lines: list[Line], most: int) -> tuple[list[int], dict[int, str]]:
    drain = Drain(most, 0.7)
    clusters = [drain.place(apart, words) for apart, words in lines]
    return [each.id if each else 0 for each in clusters], {each.id: " ".join(each.words) for each in clusters if each}


def placed_by_drain3(lines: list[Line], most: int) -> tuple[list[int], dict[int, str]]:
    drain = _BoundedDrain(depth=5, sim_th=0.7, max_children=1_000, param_str="<*>", parametrize_numeric_tokens=False)
    clusters: list[LogCluster | None] = []
    for apart, words in lines:
        content = " ".join([apart, *words])
        is_full = len(drain.id_to_cluster) >= most
        clusters.append(drain.match(content) if is_full else drain.add_log_message(content)[0])
    ids = [each.cluster_id if each else 0 for each in clusters]
    return ids, {each.cluster_id: " ".join(each.log_template_tokens[1:]) for each in clusters if each}


@pytest.mark.parametrize("path", LOGS, ids=[each.name for each in LOGS])
@pytest.mark.parametrize("most", [5_000, 10])
@pytest.mark.parametrize("mask", [True, False])
def test_logs_have_the_templates_of_drain3(path: Path, most: int, mask: bool) -> None:
    texts = path.read_text("utf-8", "replace").splitlines()
    texts = [masked(text) for text in texts] if mask else texts
    lines = [(keeps_lines_apart(text) or "-", text.split()[:120]) for text in texts]
    assert placed(lines, most) == placed_by_drain3(lines, most)


WORD = st.sampled_from(["a", "b", "c", "<*>", "d"])


@given(st.lists(st.tuples(st.sampled_from(["-", "x"]), st.lists(WORD, max_size=6)), max_size=40), st.integers(1, 12))
@settings(max_examples=300)
def test_any_words_have_the_templates_of_drain3(lines: list[Line], most: int) -> None:
    assert placed(lines, most) == placed_by_drain3(lines, most)
