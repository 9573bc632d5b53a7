"""What pages say of their blocks, and how a command line is read."""

import pytest

from tests.docs.execution import is_heavy, is_plain, lines
from tests.docs.pages import Block, blocks


def block(text: str) -> Block:
    (found,) = blocks(text, "p.md")
    return found


def test_a_comment_right_before_a_block_says_how_it_is_run() -> None:
    found = block("# Page\n\n<!-- test: slow, exit 3 -->\n```sh\nargosy run a.csv\n```\n")
    assert (found.place, found.exit, found.words, found.skip) == ("p.md:4", 3, frozenset({"slow"}), None)
    assert block("<!-- test: server -->\n\n```sh\nls\n```\n").words == {"server"}
    assert block("<!-- test: exit 1 -->\n<!-- why -->\n```sh\nls\n```\n").exit == 1
    assert block("<!-- test: exit 1 -->\nProse.\n```sh\nls\n```\n").exit == 0


def test_a_block_that_is_skipped_says_why() -> None:
    found = block("<!-- test: skip needs a cluster, and time -->\n```sh\nls\n```\n")
    assert (found.skip, found.runs) == ("needs a cluster, and time", False)


@pytest.mark.parametrize(
    "text",
    [
        "<!-- test: skip -->\n```sh\nls\n```\n",
        "<!-- test: quick -->\n```sh\nls\n```\n",
        "<!-- test: slow -->\n```text\nls\n```\n",
        "```\nls\n```\n",
        "```shell\nls\n```\n",
        "```text\n$ argosy run a.csv\n```\n",
        "```text\nargosy bench DATA\n```\n",
        "```console\nargosy run a.csv\n```\n",
    ],
)
def test_a_block_that_would_be_run_by_nobody_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^p\.md:\d: "):
        list(blocks(text, "p.md"))


def test_blocks_in_lists_and_fences_in_fences_are_read() -> None:
    assert block("1. Run:\n\n    ```sh\n    ls\n    ```\n").text == "ls\n"
    assert block("````markdown\n```sh\nls\n```\n````\n").language == "markdown"


def test_only_what_is_behind_a_prompt_is_run() -> None:
    text = "```console\n$ argosy run a.csv \\\n    --seed 1\nfused\n$ argosy sessions\n```\n"
    assert lines(block(text).commands) == ["argosy run a.csv      --seed 1", "argosy sessions"]


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("argosy rules    # don't worry", "argosy rules"),
        ("argosy run a.csv --model http://h:1/v1#qwen # any server", "argosy run a.csv --model http://h:1/v1#qwen"),
        ("argosy reject a- --why 'no # here'  # why", "argosy reject a- --why 'no # here'"),
    ],
)
def test_comments_of_a_command_are_left_out(line: str, read: str) -> None:
    assert lines(line) == [read]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("argosy schedule add latest --cron '30 3 * * *'", True),
        ("argosy sessions | head", False),
        ("argosy score latest *.csv", False),
        ("ARGOSY_STORE=x argosy rules", False),
        ("ls", False),
    ],
)
def test_what_needs_a_shell_is_heavy(text: str, plain: bool) -> None:
    found = Block("p.md:1", "sh", text)
    assert (is_plain(found), is_heavy(found)) == (plain, not plain)
