"""A crop is written into demo.toml, and nothing else there changes."""

from pathlib import Path

import pytest

from builder.dev.crops import move_crop
from builder.errors import BuilderError
from builder.spec.demo import load_spec
from tests.conftest import DEMO, MakeDemo

SECOND = 'file = "images/blue.png"'


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
def test_a_crop_gets_a_line_of_its_own(make_demo: MakeDemo, end: str, start: bytes):
    path = make_demo()
    text = f"# Mine — of “quotes”\n{DEMO}\n# The end".replace("\n", end)
    path.write_bytes(start + text.encode())
    move_crop(path, "blue", (0.25, 0.5))
    line = f"{SECOND}{end}focal_point = [0.25, 0.5]"
    assert path.read_bytes() == start + text.replace(SECOND, line).encode()
    # The second time, only its value changes.
    move_crop(path, "blue", (0.75, 1 / 3))
    line = f"{SECOND}{end}focal_point = [0.75, 0.333]"
    assert path.read_bytes() == start + text.replace(SECOND, line).encode()
    assert load_spec(path).images[1].focal_point == (0.75, 0.333)


def test_a_comment_beside_it_stays(make_demo: MakeDemo):
    text = DEMO.replace(SECOND, f"{SECOND}\n  focal_point=[0, 0.5]   # its nose")
    path = make_demo(text)
    move_crop(path, "blue", (0.5, 0.5))
    assert path.read_text() == text.replace("[0, 0.5]", "[0.5, 0.5]")


def test_a_broken_file_is_left_alone(make_demo: MakeDemo):
    path = make_demo()
    path.write_text(DEMO.replace("description", "descripton", 1))
    before = path.read_bytes()
    with pytest.raises(BuilderError, match="descripton"):
        move_crop(path, "blue", (0.5, 0.5))
    assert path.read_bytes() == before


def test_a_link_to_the_file_stays_one(make_demo: MakeDemo, tmp_path: Path):
    path = make_demo()
    link = tmp_path / "link.toml"
    link.symlink_to(path)
    move_crop(link, "red", (0.5, 0.5))
    assert link.is_symlink()
    assert "focal_point" in path.read_text()


@pytest.mark.parametrize(
    ("image", "point", "message"),
    [
        ("green", (0.5, 0.5), "has no picture 'green'"),
        ("red", (0.5, 0.5), "gives 'red' a crop"),
        ("blue", (0.5, 1.5), "not a point"),
        ("blue", (float("nan"), 0.5), "not a point"),
    ],
)
def test_what_cannot_be_written_changes_nothing(
    make_demo: MakeDemo, image: str, point: tuple[float, float], message: str
):
    path = make_demo(DEMO.replace('red.png"', 'red.png"\ncrop = [0, 0, 9, 9]'))
    before = path.read_bytes()
    with pytest.raises(BuilderError, match=message):
        move_crop(path, image, point)
    assert path.read_bytes() == before
