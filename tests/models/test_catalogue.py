import io
import json
from dataclasses import asdict
from pathlib import Path

from rich.console import Console

from builder.models.catalogue import format_size, list_models, show_models, to_json
from builder.models.published import checkpoint_folder, published_models


def lines_of(cache_folder: Path, width: int = 80) -> list[str]:
    console = Console(file=io.StringIO(), width=width)
    show_models(list_models(cache_folder), console)
    assert isinstance(console.file, io.StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def test_every_model_has_a_line_with_what_a_visitor_downloads(tmp_path: Path):
    lines = lines_of(tmp_path)
    names = [line.split()[0] for line in lines[1 : len(published_models()) + 3]]
    assert names == ["mini-tiny", "mini-small", *published_models()]
    (line,) = [line for line in lines if line.startswith("LiT-L16Ti")]
    assert line.split() == ["LiT-L16Ti", "ViT-L/16", "224", "Ti", "17", "MB", "1.2", "GB"]
    (line,) = [line for line in lines if line.startswith("LiT-B16B ")]
    assert "BERT base" in line
    assert "72.1" in line


def test_nothing_is_cut_off_in_a_narrow_terminal(tmp_path: Path):
    assert lines_of(tmp_path, 40) == lines_of(tmp_path, 90)


def test_a_model_counts_as_fetched_with_its_vocabulary(tmp_path: Path):
    folder = checkpoint_folder(tmp_path)
    folder.mkdir()
    (folder / "LiT-L16Ti.npz").touch()
    assert not any("fetched" in line for line in lines_of(tmp_path) if "L16Ti" in line)
    (folder / "LiT-L16Ti.model").touch()
    (line,) = [line for line in lines_of(tmp_path) if line.startswith("LiT-L16Ti")]
    assert line.endswith("fetched")


def test_json_has_every_fact(tmp_path: Path):
    listed = [asdict(model) for model in list_models(tmp_path)]
    models = {model["name"]: model for model in json.loads(to_json(listed))}
    assert len(models) == len(published_models()) + 2
    siglip = models["SigLIP2-B16-256"]
    assert siglip["scores"] == {
        "imagenet_zero_shot": 79.1,
        "coco_text_to_image": 53.2,
        "coco_image_to_text": 69.7,
    }
    assert siglip["scoring"] == "sigmoid"
    assert siglip["files"] == [
        "gs://big_vision/siglip2/siglip2_b16_256.npz",
        "gs://big_vision/gemma_tokenizer.model",
    ]
    assert models["mini-tiny"]["checkpoint_bytes"] is None


def test_sizes_are_short():
    assert [format_size(n) for n in (17_222_912, 999_400_000, 4_542_683_840)] == [
        "17 MB",
        "999 MB",
        "4.5 GB",
    ]
