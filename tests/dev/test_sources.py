"""Which files a demo depends on."""

import sys
from pathlib import Path

from builder.author_code import load_target
from builder.dev.sources import Sources, find_sources, guess_sources
from builder.project import create_project
from builder.spec.demo import load_any_spec, load_spec
from builder.spec.types import Target


def test_a_demo_depends_on_what_its_spec_names(spec: Path):
    spec.write_text(f'prompt_table = "prompts.csv"\n{spec.read_text()}')
    folder = spec.parent
    (folder / "prompts.csv").write_text("image,prompt\n")
    sources = find_sources(spec, load_spec(spec))
    for name in ("demo.toml", "prompts.csv", "images/red.png", "model.py", "new.py"):
        assert folder / name in sources, name
    for name in ("notes.txt", "images/other.png", "_site/index.html", "images/code.py"):
        assert folder / name not in sources, name
    assert sources.folders == {folder, folder / "images"}


def test_a_demo_depends_on_what_its_code_imports(tmp_path: Path):
    spec = create_project(tmp_path, "function")
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts/tools.py").write_text("")
    (tmp_path / "prod.py").write_text(f"import parts.tools\n{(tmp_path / 'prod.py').read_text()}")
    assert tmp_path / "parts/tools.py" not in find_sources(spec, load_any_spec(spec))
    load_target(Target("prod", "prod", tmp_path))
    try:
        assert tmp_path / "parts/tools.py" in find_sources(spec, load_any_spec(spec))
    finally:
        for name in ("prod", "parts", "parts.tools"):
            del sys.modules[name]


def test_a_link_counts_and_so_does_what_it_leads_to(spec: Path, tmp_path: Path):
    link = tmp_path / "link.toml"
    link.symlink_to(spec)
    sources = find_sources(link, load_spec(spec))
    assert link in sources
    assert spec in sources


def test_all_of_a_template_counts(tmp_path: Path):
    spec = create_project(tmp_path, "function")
    own = tmp_path / "own"
    (own / "parts").mkdir(parents=True)
    (own / "page.html.j2").write_text("")
    spec.write_text(spec.read_text().replace('template = "function"', 'template = "own"'))
    sources = find_sources(spec, load_any_spec(spec))
    assert own / "parts/new.css" in sources
    assert own / "parts" in sources.folders


def with_gallery(spec: Path, pictures: str) -> Sources:
    """What a demo depends on with such a gallery."""
    text = spec.read_text().partition("[gallery]")[0]
    spec.write_text(f'{text}[gallery]\npictures = "{pictures}"\n')
    return find_sources(spec, load_spec(spec))


def test_the_pictures_of_a_gallery_count_by_their_pattern(spec: Path):
    folder = spec.parent
    for name in ("May", "June"):
        (folder / "photos" / name).mkdir(parents=True)
    sources = with_gallery(spec, "photos/**/*.jpg")
    for name in ("photos/new.jpg", "photos/May/new.jpg", "photos/July"):
        assert folder / name in sources, name
    (folder / "photos/notes.txt").touch()
    assert folder / "photos/notes.txt" not in sources
    assert sources.folders >= {folder / "photos", folder / "photos/May", folder / "photos/June"}


def test_a_table_counts_and_so_do_the_pictures_in_it(spec: Path):
    folder = spec.parent
    table = "file,description\nred/1.jpg,One\nred/2.jpg,Two\n/elsewhere/3.png,Three\n"
    (folder / "archive.csv").write_text(f"{table}https://example.org/4.jpg,Four\n,None\n")
    sources = with_gallery(spec, "archive.csv")
    for path in (folder / "archive.csv", folder / "red/1.jpg", Path("/elsewhere/3.png")):
        assert path in sources, path
    assert folder / "red/notes.txt" not in sources
    assert len(sources.patterns) == 3


def test_a_table_that_cannot_be_read_may_be_mended(spec: Path):
    (spec.parent / "archive.csv").write_text("picture\n")
    assert spec.parent / "archive.csv" in with_gallery(spec, "archive.csv")
    assert spec.parent / "missing.csv" in with_gallery(spec, "missing.csv")


def test_archives_count_and_addresses_elsewhere_do_not(spec: Path):
    sources = with_gallery(spec, "shards/{00..02}.tar")
    assert spec.parent / "shards/01.tar" in sources
    assert spec.parent / "shards/03.tar" not in sources
    assert not with_gallery(spec, "https://example.org/photos/*.jpg").patterns


def test_anything_beside_a_broken_demo_may_mend_it(spec: Path):
    good = find_sources(spec, load_spec(spec))
    guess = guess_sources(spec, Sources())
    assert spec.parent / "images/missing.png" in guess
    assert spec.parent / "prompts.csv" in guess
    assert spec.parent / "images" in guess.folders
    elsewhere = Sources(files=frozenset({Path("/elsewhere/a.png")}))
    assert Path("/elsewhere/a.png") in guess_sources(spec, elsewhere)
    assert spec.parent / "images/missing.png" not in good
