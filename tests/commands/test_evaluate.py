"""The command eval."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from builder.cli import main
from builder.resources import data_folder


@pytest.mark.slow
def test_the_command_scores_real_pictures(tmp_path: Path) -> None:
    lines = ["file,class"]
    pictures = {"kitten.jpg": "kitten", "hammer.jpg": "hammer"}
    lines += [f"{data_folder() / 'images' / file},{name}" for file, name in pictures.items()]
    path = tmp_path / "test.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    words = ["eval", "zeroshot", str(path), "--model", "mini-tiny", "--templates", "clip7"]
    words += ["--cache-dir", str(tmp_path / "cache"), "--json", str(tmp_path / "scores.json")]
    result = CliRunner().invoke(main, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert "2 images of 2 classes, 7 templates" in result.output
    scores = json.loads((tmp_path / "scores.json").read_text(encoding="utf-8"))
    assert scores["models"][0]["accuracy"]["top-1"]["value"] == 1
