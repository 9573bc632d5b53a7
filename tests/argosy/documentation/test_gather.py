"""The folder that the site is built from: pages of docs/, and what they link to."""

from pathlib import Path

import pytest

from argosy.documentation.gather import gather

FILES = {
    "docs/index.md": (
        "[one](howto/one.md#top) [figures](../eval/results/speed/README.md) [table](../argosy/models.yaml) [web](https://a.org/)"
    ),
    "docs/howto/one.md": "[safe](../../SECURITY.md) ![picture](../../eval/results/demo.png) [gone](../gone.md)\n",
    "docs/assets/site.css": "body {}",
    "eval/results/speed/README.md": "[data](speed.csv) [notes](../../NOTES.md) [back](../../../docs/index.md)",
    "eval/results/speed/speed.csv": "1",
    "eval/results/demo.png": "png",
    "eval/NOTES.md": "`[code](../README.md)` and\n\n```sh\n[more](../README.md)\n```\n[folder](results/speed)",
    "argosy/models.yaml": "{}",
    "SECURITY.md": "[site](docs/howto/one.md)",
    "README.md": "nobody links to it",
}


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / "repository" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    gather(tmp_path / "repository", tmp_path / "pages")
    return tmp_path / "pages"


def test_what_pages_link_to_comes_along_and_nothing_else(pages: Path) -> None:
    assert sorted(str(path.relative_to(pages)) for path in pages.rglob("*") if path.is_file()) == [
        "assets/site.css",
        "howto/one.md",
        "index.md",
        "repository/SECURITY.md",
        "repository/argosy/models.yaml",
        "repository/eval/NOTES.md",
        "results/demo.png",
        "results/speed.md",
        "results/speed/speed.csv",
    ]


@pytest.mark.parametrize(
    ("page", "links"),
    [
        (
            "index.md",
            ["(howto/one.md#top)", "(results/speed.md)", "(repository/argosy/models.yaml)", "(https://a.org/)"],
        ),
        ("howto/one.md", ["(../repository/SECURITY.md)", "(../results/demo.png)", "(../gone.md)"]),
        ("results/speed.md", ["(speed/speed.csv)", "(../repository/eval/NOTES.md)", "(../index.md)"]),
        ("repository/SECURITY.md", ["(../howto/one.md)"]),
        ("repository/eval/NOTES.md", ["[code](../README.md)", "[more](../README.md)", "(../../results/speed.md)"]),
    ],
)
def test_links_lead_to_where_files_lie_on_the_site_and_code_stays(pages: Path, page: str, links: list[str]) -> None:
    text = (pages / page).read_text()
    assert all(link in text for link in links), text
