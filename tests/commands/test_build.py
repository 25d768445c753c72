"""The commands new, build, check and serve."""

import contextlib
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from builder.publish.serve import SiteServer
from tests.commands.run import run
from tests.conftest import MakeDemo, gradient
from tests.site.sites import PICTURE, content, write_small_site


def test_new_says_what_to_do_next(tmp_path: Path):
    code, text = run("new", tmp_path / "mine")
    assert code == 0
    assert f"lit-demo dev {tmp_path / 'mine' / 'demo.toml'}" in text


def replace_in_spec(old: str, new: str) -> Callable[[Path], None]:
    def spoil(spec: Path) -> None:
        text = spec.read_text(encoding="utf-8")
        assert old in text
        spec.write_text(text.replace(old, new), encoding="utf-8")

    return spoil


def cut_off_a_picture(spec: Path) -> None:
    path = spec.parent / "images" / "red.png"
    path.write_bytes(path.read_bytes()[:500])


def fake_a_picture(spec: Path) -> None:
    (spec.parent / "images" / "red.png").write_bytes(b"<svg>not a picture</svg>")


def name_a_failing_function(spec: Path) -> None:
    (spec.parent / "mine.py").write_text("def make():\n    return {}['x']\n", encoding="utf-8")
    replace_in_spec('name = "mini-tiny"', 'towers = "mine:make"')(spec)


def shadow(file: str) -> Callable[[Path], None]:
    """Functions of the author's in a file whose name is taken."""

    def spoil(spec: Path) -> None:
        (spec.parent / file).write_text("def make():\n    return 3\n", encoding="utf-8")
        name_a_failing_function(spec)

    return spoil


def name_a_function_in_builder(spec: Path) -> None:
    (spec.parent / "builder.py").write_text("def make():\n    return 3\n", encoding="utf-8")
    replace_in_spec('name = "mini-tiny"', 'towers = "builder:make"')(spec)


def plant_a_bomb(spec: Path) -> None:
    Image.new("1", (12_000, 12_000)).save(spec.parent / "images" / "red.png")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (replace_in_spec("title =", "titel ="), "demo.toml:1: titel: unknown key"),
        (replace_in_spec("red.png", "no.png"), "no.png|Add it"),
        (replace_in_spec("blue.png", "red.png"), "already used by images[0]"),
        (replace_in_spec('["a red square", "a blue circle"]', "[]"), "the list is empty"),
        (replace_in_spec('"a blue circle"', '" "'), "images[0].prompts[1]: the text is empty"),
        (replace_in_spec("mini-tiny", "mini-huge"), "there is no model 'mini-huge'"),
        (replace_in_spec("author", "crop = [0, 0, 999, 999]\nauthor"), "blue.png: crop ="),
        (replace_in_spec("[[models]]", "[[models"), "not valid TOML"),
        (name_a_failing_function, "mine:make: KeyError: 'x' (|mine.py:2)"),
        (shadow("builder.py"), "mine:make: |builder.py has the same name as the package 'builder'"),
        (shadow("jax.py"), "mine:make: |jax.py has the same name as the installed package 'jax'"),
        (name_a_function_in_builder, "Rename it, and correct 'builder:make'."),
        (cut_off_a_picture, "red.png: cut off or damaged"),
        (fake_a_picture, "red.png: not a picture"),
        (plant_a_bomb, "red.png: more than 89 million pixels"),
    ],
)
def test_bad_input_exits_with_2_names_it_and_leaves_the_old_site(
    make_demo: MakeDemo, spoil: Callable[[Path], None], message: str
):
    spec = make_demo()
    site = spec.parent / "site"
    write_small_site(site)
    before = content(site)
    spoil(spec)
    code, text = run("build", spec, "-o", site, "--cache-dir", spec.parent / "cache")
    assert code == 2
    for part in message.split("|"):
        assert part in text
    assert "Traceback" not in text
    assert content(site) == before


def test_all_mistakes_are_listed_at_once_with_their_lines(make_demo: MakeDemo):
    spec = make_demo()
    cut_off_a_picture(spec)
    replace_in_spec("title =", "titel =")(spec)
    replace_in_spec("author", "crop = [0, 0, 999, 999]\nauthor")(spec)
    code, text = run("build", spec, "-o", spec.parent / "site")
    assert code == 2
    assert "4 problems found" in text
    for place in (":1: titel", ":8: images[0].file: ", ":16: images[1].crop: "):
        assert f"demo.toml{place}" in text
    assert "images/red.png: cut off or damaged" in text


def test_damage_that_only_decoding_finds_has_its_line_too(make_demo: MakeDemo):
    spec = make_demo()
    path = spec.parent / "images" / "red.png"
    content = bytearray(path.read_bytes())
    content[200:300] = bytes(100)
    path.write_bytes(content)
    code, text = run(
        "build", spec, "-o", spec.parent / "site", "--cache-dir", spec.parent / "cache"
    )
    assert code == 2
    assert "demo.toml:8: images[0].file: " in text
    assert "images/red.png: cut off or damaged" in text


def add_pictures(spec: Path, count: int) -> None:
    """Put more pictures into a demo, so that a build of it takes a while."""
    with spec.open("a", encoding="utf-8") as file:
        for number in range(count):
            gradient(240, 240, seed=100 + number).save(spec.parent / f"images/{number}.png")
            file.write(
                f'\n[[images]]\nfile = "images/{number}.png"\n'
                'description = "A square."\nprompts = ["a red square"]\n'
            )


HEEDING_CTRL_C = """
import signal
from builder.cli import main

# Whoever started the tests may have had it ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
main()
"""


@pytest.mark.slow
def test_ctrl_c_leaves_the_old_site(make_demo: MakeDemo):
    spec = make_demo()
    add_pictures(spec, 200)
    site = spec.parent / "site"
    write_small_site(site)
    before = content(site)
    command = [sys.executable, "-c", HEEDING_CTRL_C, "build", spec, "-o", site]
    with subprocess.Popen(
        [*command, "--cache-dir", spec.parent / "cache"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as build:
        assert build.stdout
        for line in build.stdout:
            if line.startswith("Embed images"):
                break
        # JAX swallows an interrupt while it collects garbage; a person presses again.
        while build.poll() is None:
            build.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                build.wait(1)
        assert build.returncode == 130
        said = build.communicate()[1]
    assert said.endswith("Interrupted; existing files are unchanged.\n")
    assert content(site) == before
    assert sorted(path.name for path in spec.parent.iterdir()) == [
        *("cache", "demo.toml", "images", "site"),
    ]


def test_check_passes_a_whole_site_and_fails_a_changed_one(tmp_path: Path):
    write_small_site(tmp_path / "site", PICTURE)
    code, text = run("check", tmp_path / "site")
    assert (code, text.splitlines()[-1]) == (0, f"{tmp_path / 'site'}: all 9 files are as built.")
    (tmp_path / "site" / "a.js").write_text("changed")
    code, text = run("check", tmp_path / "site")
    assert code == 2
    assert "a.js: has 7 bytes, not 4" in text


def test_serve_refuses_a_folder_without_a_site(tmp_path: Path):
    assert run("serve", tmp_path)[0] == 2


def test_serve_refuses_a_number_that_is_no_port():
    code, text = run("serve", "--port", "99999")
    assert code == 2
    assert "0<=x<=65535" in text


def test_serve_says_where_and_warns_if_others_can_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    write_small_site(tmp_path / "site")

    def stop(self: SiteServer) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(SiteServer, "serve_forever", stop)
    code, text = run("serve", tmp_path / "site", "--port", "0")
    assert (code, "Everyone" in text) == (0, False)
    code, text = run("serve", tmp_path / "site", "--port", "0", "--host", "0.0.0.0")
    assert (code, "Note: Everyone who can reach this machine" in text) == (0, True)
