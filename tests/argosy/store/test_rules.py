"""Rules: kept once, and never trusted more than their ancestors."""

import pytest

from argosy.detectors.rules.rule import Direction, read_rule
from argosy.signals.errors import BadInput
from argosy.store.rows import RuleRole, RuleRow
from argosy.store.store import Store
from tests.argosy.sessions.recorded import SOURCE


def put(store: Store, name: str, *parents: RuleRow, language_model: bool = False) -> RuleRow:
    rule = read_rule(SOURCE.replace("recent median", f"median of {name}"))
    return store.rules.put(
        rule,
        {"window": 60, "threshold": 5.5},
        Direction.CLEAR,
        author="model" if language_model else "embedded",
        language_model=language_model,
        parents=[parent.id for parent in parents],
    )


def test_a_rule_comes_back_as_it_was_kept(store: Store) -> None:
    kept = put(store, "a")
    assert store.rules.find(kept.id[:5]) == kept
    assert kept.direction is Direction.CLEAR
    assert kept.params == {"window": 60, "threshold": 5.5}
    assert isinstance(kept.params["window"], int)
    assert kept.summary == "Flags a drop below the median of a."


def test_the_same_rule_is_kept_once(store: Store) -> None:
    first, again = put(store, "a"), put(store, "a")
    assert again == first


def test_what_descends_from_a_language_model_is_marked(store: Store) -> None:
    model = put(store, "model", language_model=True)
    clean = put(store, "clean")
    child = put(store, "child", clean, model)
    assert (clean.language_model, child.language_model) == (False, True)
    assert put(store, "grandchild", child).language_model


def test_a_mark_reaches_descendants_that_are_there_already_and_never_goes(store: Store) -> None:
    top = put(store, "top")
    middle = put(store, "middle", top)
    bottom = put(store, "bottom", middle)
    put(store, "top", language_model=True)
    assert [store.rules.find(each.id).language_model for each in (top, middle, bottom)] == [True] * 3
    assert put(store, "top").language_model


def test_rules_that_became_each_others_ancestors_end_the_search(store: Store) -> None:
    first = put(store, "first")
    second = put(store, "second", first)
    put(store, "first", second, language_model=True)
    assert store.rules.find(second.id).language_model


def test_a_parent_must_be_there(store: Store) -> None:
    orphan = RuleRow("r-none", "", "", {}, Direction.FLAG, "", False, 0.0)
    with pytest.raises(BadInput, match="keep parents before their children"):
        put(store, "child", orphan)
    assert store.rules.listed() == ()


def test_a_story_tells_parents_children_and_uses(store: Store) -> None:
    session = store.sessions.begin("kpi-1", 10, "embedded", "auto").id
    top = put(store, "top")
    middle = put(store, "middle", top)
    bottom = put(store, "bottom", middle)
    store.rules.use(session, middle.id, RuleRole.PARENT, {"gain": 0.1})
    store.rules.use(session, middle.id, RuleRole.FUSED, {"gain": float("nan")})
    story = store.rules.story(middle.id)
    assert (story.rule, story.parents, story.children) == (middle, (top,), (bottom,))
    (use,) = story.uses
    assert (use.session, use.role, use.evidence) == (session, RuleRole.FUSED, {"gain": None})


def test_a_list_names_series_and_sessions_of_the_wanted_roles(store: Store) -> None:
    sessions = [store.sessions.begin(series, 10, "embedded", "auto").id for series in ("kpi-1", "kpi-2", "kpi-1")]
    old, new, parent = put(store, "old"), put(store, "new"), put(store, "parent")
    for session in sessions:
        store.rules.use(session, old.id, RuleRole.FUSED, {})
    store.rules.use(sessions[0], new.id, RuleRole.ACCEPTED, {})
    store.rules.use(sessions[0], parent.id, RuleRole.PARENT, {})
    listed = store.rules.listed((RuleRole.FUSED, RuleRole.ACCEPTED))
    assert [each.rule for each in listed] == [new, old]
    assert listed[1].series == ("kpi-1", "kpi-2")
    assert listed[1].sessions == tuple(sessions)
    assert [each.rule for each in store.rules.listed()] == [parent, new, old]
