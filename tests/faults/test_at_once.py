"""Several processes that replace the same thing at the same time."""

import subprocess
import sys
from pathlib import Path

from builder.site.check import check_site
from tests.commands.run import run
from tests.models.original_demo import write_original_demo
from tests.site.sites import write_small_site

WRITE_OFTEN = """
import sys
from pathlib import Path
from tests.site.sites import write_small_site

for _ in range(25):
    write_small_site(Path(sys.argv[1]))
"""
ROOT = Path(__file__).parents[2]


def test_builds_of_one_folder_lose_nothing_to_each_other(tmp_path: Path):
    site = tmp_path / "site"
    write_small_site(site)
    (site / ".git").mkdir()
    for number in range(20):
        (site / ".git" / str(number)).write_text(str(number))
    words = [sys.executable, "-c", WRITE_OFTEN, str(site)]
    writers = [subprocess.Popen(words, cwd=ROOT, stderr=subprocess.PIPE) for _ in range(3)]
    for writer in writers:
        _, said = writer.communicate()
        assert (writer.returncode, said) == (0, b"")
    assert check_site(site) == []
    kept = {path.name: path.read_text() for path in (site / ".git").iterdir()}
    assert kept == {str(number): str(number) for number in range(20)}
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_two_commands_may_build_the_same_demo_at_once(tmp_path: Path):
    run("import", str(write_original_demo(tmp_path / "original")), "-o", str(tmp_path / "demo"))
    spec, site = tmp_path / "demo" / "demo.toml", tmp_path / "site"
    words = ["build", spec, "-o", site, "--cache-dir", tmp_path / "cache"]
    command = [sys.executable, "-m", "builder", *map(str, words)]
    builds = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) for _ in range(2)]
    for build in builds:
        build.communicate()
        assert build.returncode == 0
    assert check_site(site) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *("cache", "demo", "original", "site"),
    ]
