from pathlib import Path

import pytest

from builder.cache import Cache
from builder.errors import BuilderError, SpecError
from builder.images.prepare import prepare_images
from builder.project import create_project
from builder.spec.demo import load_any_spec, load_spec


def test_a_project_can_be_read_at_once(tmp_path: Path):
    spec = load_spec(create_project(tmp_path / "mine"))
    assert (
        len(prepare_images(spec.images, cache=Cache(tmp_path / "cache")).images)
        == len(spec.images)
        == 2
    )
    assert all(image.author and image.license and image.source for image in spec.images)


def test_the_mnist_project_waits_for_its_training(tmp_path: Path):
    with pytest.raises(SpecError) as caught:
        load_any_spec(create_project(tmp_path, "mnist"))
    missing = [Path(p.message.split()[-1]).name for p in caught.value.problems]
    assert missing == ["params.npz", "samples.npz", "mistakes.json"]


def test_a_project_holds_no_traces_of_how_it_was_used(tmp_path: Path):
    create_project(tmp_path, "mnist")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *("README.md", "dataset.py", "demo.toml", "digits", "model.py", "plots.py", "train.py"),
    ]


def test_the_guide_shows_the_function_project_as_it_is(tmp_path: Path):
    create_project(tmp_path, "function")
    guide = (Path(__file__).parents[1] / "docs/how-to/template.md").read_text(encoding="utf-8")
    for name, language in (("prod.py", "python"), ("demo.toml", "toml")):
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert f"```{language}\n{text}```" in guide


def test_a_project_never_overwrites_anything(tmp_path: Path):
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "kitten.jpg").write_bytes(b"mine")
    with pytest.raises(BuilderError, match=r"kitten\.jpg: already exists"):
        create_project(tmp_path)
    assert (tmp_path / "images" / "kitten.jpg").read_bytes() == b"mine"
    assert not (tmp_path / "demo.toml").exists()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(BuilderError, match="cannot be written"):
        create_project(tmp_path / "file" / "folder")


def test_a_link_that_leads_nowhere_is_in_the_way_too(tmp_path: Path):
    (tmp_path / "demo.toml").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BuilderError, match=r"demo\.toml: already exists"):
        create_project(tmp_path)
    assert not (tmp_path / "elsewhere").exists()


def test_what_was_written_goes_again_if_the_rest_cannot_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    real, calls = Path.read_bytes, 0

    def fail_later(self: Path) -> bytes:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise OSError(28, "No space left on device")
        return real(self)

    monkeypatch.setattr(Path, "read_bytes", fail_later)
    with pytest.raises(BuilderError, match="No space left on device"):
        create_project(tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
