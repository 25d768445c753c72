"""Models of finished rows: what of a folder is refused, and what is done without."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from builder.errors import ModelError
from builder.models.precomputed.model import load_precomputed
from builder.spec.models import ModelSpec
from tests.models.original_demo import (
    TEMPERATURE,
    replace_text,
    truncate,
    write_original_demo,
)


def make_longer(path: Path) -> None:
    path.write_bytes((2 * np.fromfile(path, "<f4")).tobytes())


def spoil_a_number(path: Path) -> None:
    rows = np.fromfile(path, "<f4")
    rows[-1] = np.nan
    path.write_bytes(rows.tobytes())


@pytest.mark.parametrize(
    ("name", "spoil", "message"),
    [
        ("def.json", Path.unlink, "there is no such file"),
        ("def.json", replace_text(str(TEMPERATURE), "0"), "temperature: Input should be greater"),
        ("def.json", replace_text("embedding_size", "size"), "embedding_size: Field required"),
        ("def.json", truncate, "Invalid JSON"),
        ("zimgs.bin", Path.unlink, "there is no such file"),
        ("zimgs.bin", truncate, "has 60 bytes, not 64: zimgs.txt has 2 lines"),
        ("zimgs.bin", make_longer, "the row of '1' does not have length 1"),
        ("zimgs.bin", spoil_a_number, "the row of '2b' holds nan in column 7"),
        ("zimgs.txt", replace_text("2b", "1"), "'1' is listed twice"),
        ("zimgs.txt", replace_text("1\n2b", "b.\nB"), "both become the id 'b'"),
        ("ztxts.txt", replace_text("a dog\n", ""), "ztxts.txt has 3 lines"),
    ],
)
def test_a_bad_folder_is_refused(
    tmp_path: Path, name: str, spoil: Callable[[Path], None], message: str
):
    folder = write_original_demo(tmp_path) / "data" / "models" / "nano"
    spoil(folder / name)
    with pytest.raises(ModelError) as caught:
        load_precomputed(ModelSpec(precomputed=folder))
    assert name in str(caught.value)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("name", "spoil", "message"),
    [
        ("vocabulary.json", truncate, "is not a list of pieces and scores"),
        (
            "def.json",
            replace_text('"BPE"', '"WORD"'),
            "tokenizer_type is 'WORD', not UNIGRAM or BPE",
        ),
        (
            "def.json",
            replace_text('"pad_value": 1', '"pad_value": 999'),
            "none is the pad_value, 999",
        ),
        ("tfjs/model.json", replace_text('"output_0"', '"o": {}, "output_0"'), "one input and one"),
    ],
)
def test_a_bad_vocabulary_or_signature_leaves_the_encoder_out(
    tmp_path: Path, name: str, spoil: Callable[[Path], None], message: str
):
    folder = write_original_demo(tmp_path, "plain") / "data" / "models" / "nano"
    spoil(folder / name)
    (problem,) = load_precomputed(ModelSpec(precomputed=folder)).problems
    assert message in problem
