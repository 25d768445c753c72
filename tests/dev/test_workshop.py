"""A demo that is made again after every change."""

import io
import shutil
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from rich.console import Console

from builder.dev import workshop as workshop_module
from builder.dev.sources import find_sources
from builder.dev.watch import Watcher
from builder.dev.workshop import Workshop
from builder.project import create_project
from builder.site.check import check_site
from builder.spec.demo import DemoSpec, load_spec
from tests.gallery.galleries import paint_many
from tests.site.manifests import load_manifest
from tests.site.sites import content


def change(path: Path, old: str, new: str) -> set[Path]:
    """Replace a part of a file, as an editor does."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    return {path}


def prompts_of(workshop: Workshop) -> list[str]:
    return [prompt.text for prompt in load_manifest(workshop.folder).images[0].prompts]


def test_a_changed_prompt_is_in_the_site_and_makes_news(spec: Path, workshop: Workshop):
    workshop.rebuild()
    first = workshop.board.news
    assert (first.busy, first.problems) == (False, ())
    before = content(workshop.folder)
    workshop.rebuild(change(spec, "a blue circle", "a green circle"))
    assert workshop.board.news.build not in ("", first.build)
    assert prompts_of(workshop) == ["a red square", "a green circle"]
    assert check_site(workshop.folder) == []
    # Rows of the prompts before are not kept, and pictures are not written again.
    after = content(workshop.folder)
    assert any(url not in after for url in before)
    assert {url: after[url] for url in before if url.startswith("images/")}.items() <= after.items()


def test_what_changes_nothing_in_the_site_is_no_news(spec: Path, workshop: Workshop):
    workshop.rebuild()
    before = workshop.board.news
    workshop.rebuild(change(spec, "title", "# A comment.\ntitle"))
    assert workshop.board.news == before


def test_problems_are_told_until_they_are_mended(spec: Path, workshop: Workshop):
    workshop.rebuild()
    good, before = workshop.board.news, content(workshop.folder)
    workshop.rebuild(change(spec, "author", "autor"))
    (problem,) = workshop.board.news.problems
    assert problem.where.startswith(f"{spec}:16: ")
    assert "Did you mean 'author'?" in problem.remedy
    assert workshop.board.news.build == good.build
    assert content(workshop.folder) == before
    (spec.parent / "images/red.png").write_bytes(b"none")
    workshop.rebuild(change(spec, "autor", "author"))
    (problem,) = workshop.board.news.problems
    assert "images[0].file" in problem.where
    (spec.parent / "images/red.png").write_bytes((spec.parent / "images/blue.png").read_bytes())
    workshop.rebuild()
    assert workshop.board.news.problems == ()
    assert workshop.board.news.build != good.build


def test_a_demo_may_begin_with_problems(spec: Path, workshop: Workshop):
    text = spec.read_text()
    spec.write_text("title =")
    workshop.rebuild()
    assert (workshop.board.news.build, len(workshop.board.news.problems)) == ("", 1)
    assert content(workshop.folder) == {}
    spec.write_text(text)
    workshop.rebuild({spec})
    assert workshop.board.news.problems == ()


def test_code_that_the_authors_code_imports_is_read_again(spec: Path, workshop: Workshop):
    workshop.rebuild()
    helper = spec.parent / "helper.py"
    workshop.rebuild(change(helper, "Colours", "Better colours"))
    assert load_manifest(workshop.folder).models[0].name == "Better colours"
    workshop.rebuild(change(helper, "return", "retrun"))
    (problem,) = workshop.board.news.problems
    assert f"{helper}:4" in problem.message


def test_a_new_prompt_starts_and_loads_nothing_once_all_is_warm(
    spec: Path, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
):
    workshop.rebuild()
    workshop.warm_up()

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a program is started, or a model loaded")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    monkeypatch.setattr(workshop_module, "load_model", refuse)
    workshop.rebuild(change(spec, "a blue circle", "a green circle"))
    assert workshop.board.news.problems == ()
    assert "a green circle" in prompts_of(workshop)


def test_warming_up_leaves_nothing_in_the_cache(workshop: Workshop, tmp_path: Path):
    workshop.rebuild()
    before = content(tmp_path / "cache")
    workshop.warm_up()
    assert content(tmp_path / "cache").keys() == before.keys()


def test_a_picture_that_is_put_into_a_gallery_is_in_the_site(
    spec: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = spec.parent
    paint_many(folder / "photos", 3)
    spec.write_text(f'{spec.read_text()}\n[gallery]\npictures = "photos/**/*.png"\n')
    output = io.StringIO()
    (tmp_path / "site").mkdir()
    console = Console(file=output)
    started = Workshop(spec, tmp_path / "site", tmp_path / "cache", console)
    with closing(started) as workshop, closing(Watcher()) as watcher:
        workshop.rebuild()
        assert count_pictures(workshop) == 3
        with monkeypatch.context() as spying:
            made: list[DemoSpec] = []

            def note(spec: DemoSpec, **_: object) -> None:
                made.append(spec)

            spying.setattr(workshop_module, "make_site", note)
            workshop.warm_up()
            # With a new prompt, its index would be made again.
            assert [spec.gallery for spec in made] == [None]
        watcher.follow(find_sources(spec, load_spec(spec)))
        shutil.copytree(folder / "photos/000", folder / "photos/001")
        changed = watcher.wait()
        assert folder / "photos/001" in changed
        workshop.rebuild(changed)
        assert workshop.board.news.problems == ()
        assert count_pictures(workshop) == 6
        assert output.getvalue().count("Embed pictures with") == 2
        watcher.follow(find_sources(spec, load_spec(spec)))
        (folder / "photos/001/0001.png").unlink()
        workshop.rebuild(watcher.wait())
        assert count_pictures(workshop) == 5


def count_pictures(workshop: Workshop) -> int:
    gallery = load_manifest(workshop.folder).gallery
    assert gallery
    return gallery.pictures


def test_sites_have_nothing_of_the_authors_page(workshop: Workshop):
    workshop.rebuild()
    assert [url for url, data in content(workshop.folder).items() if b"_dev/" in data] == []


def test_everything_comes_from_here_while_one_works(spec: Path, workshop: Workshop):
    change(spec, "[[models]]", 'base_url = "https://example.org/demo/"\n\n[[models]]')
    workshop.rebuild()
    manifest = load_manifest(workshop.folder)
    assert (manifest.base_url, manifest.offline) == (None, False)


def test_the_authors_folder_is_left_as_it_is(spec: Path, workshop: Workshop):
    before = content(spec.parent)
    workshop.rebuild()
    workshop.rebuild(change(spec, "a blue circle", "a green circle"))
    change(spec, "a green circle", "a blue circle")
    after = content(spec.parent)
    assert {url: data for url, data in after.items() if "__pycache__" not in url} == before


def test_a_demo_of_functions_is_made_too(tmp_path: Path, workshop: Workshop):
    workshop.path = create_project(tmp_path / "mine", "function")
    workshop.rebuild()
    workshop.warm_up()
    assert workshop.board.news.problems == ()
    workshop.rebuild(change(workshop.path, "title = ", 'title = "Mine" # '))
    assert b'<h1 dir="auto">Mine</h1>' in (workshop.folder / "index.html").read_bytes()
