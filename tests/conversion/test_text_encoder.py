"""The encoder of a text tower is exported once, and compared on every text once."""

import io
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from builder.cache import Cache
from builder.conversion import check, text_encoder
from builder.conversion.text_encoder import EncoderParity, ExportedEncoder, export_text_encoder
from builder.embedding.embed import Embeddings
from builder.errors import ParityError
from builder.progress import Progress

_ROWS = np.random.default_rng(0).normal(size=(9, 3))
TABLE = (_ROWS / np.linalg.norm(_ROWS, axis=1, keepdims=True)).astype(np.float32)
_NONE = np.zeros((0, 3), np.float32)


class Runs:
    """Stands for the exporter and TensorFlow.js, and notes what they had to do."""

    def __init__(self) -> None:
        self.exports: list[str] = []
        self.compared: list[list[int]] = []
        self.drift = np.zeros(3, np.float32)

    def export(self, model: Any, quantization: Any, *_: object) -> ExportedEncoder:
        self.exports.append(quantization)
        return ExportedEncoder(
            model=f"{model.text_fingerprint} {quantization} {len(self.exports)}".encode(),
            weights={"w.bin": b"weights"},
            nodes=3,
            quantization="int8" if quantization == "auto" else quantization,
            parity=EncoderParity(1, 1e-7, 0.5, 0.5),
            problems=("no cpu",),
        )

    @contextmanager
    def start(self, files: object, inputs: object) -> Generator[Any]:
        def predict(inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
            tokens = inputs["tokens"][:, 0]
            self.compared.append(tokens.tolist())
            return {"embeddings": TABLE[tokens] + self.drift}

        yield SimpleNamespace(runtime=SimpleNamespace(predict=predict), problems=())


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Runs:
    runs = Runs()
    monkeypatch.setattr(text_encoder, "_export", runs.export)
    monkeypatch.setattr(check, "start_runtime", runs.start)
    return runs


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


def export(
    cache: Cache, *texts: int, fingerprint: str = "tower", quantization: Any = "float16",
    converter: Any = "native", max_length: int = 1, zimg: np.ndarray = _NONE, choices: Any = (),
) -> ExportedEncoder:  # fmt: skip
    tokens = np.array(texts, np.int32)[:, None]
    layout = SimpleNamespace(max_length=max_length)
    model: Any = SimpleNamespace(
        id="nano", text_fingerprint=fingerprint, tokenizer=SimpleNamespace(layout=layout)
    )
    return export_text_encoder(
        model,
        quantization,
        Embeddings(zimg, TABLE[list(texts)], tokens),
        choices=choices,
        converter=converter,
        cache=cache,
        progress=Progress(Console(file=io.StringIO())),
    )


def test_an_encoder_that_was_kept_is_the_one_that_was_exported(runs: Runs, cache: Cache):
    first = export(cache, 1, 2)
    assert export(cache, 1, 2) == first
    assert (first.model, first.weights, first.problems) == (
        b"tower float16 1", {"w.bin": b"weights"}, ("no cpu",),
    )  # fmt: skip
    assert runs.exports == ["float16"]
    assert runs.compared == [[1, 2]]


def test_only_texts_that_were_not_compared_are_run(runs: Runs, cache: Cache):
    export(cache, 1, 2)
    export(cache, 2, 3, 1, 4)
    export(cache, 4)
    assert runs.compared == [[1, 2], [3, 4]]


def test_the_parity_is_that_of_the_texts_that_are_there(runs: Runs, cache: Cache):
    runs.drift[:] = 1e-3
    both = export(cache, 1, 2).parity
    runs.drift[:] = 0
    exact = export(cache, 3).parity
    assert (exact.texts, exact.max_abs_error, exact.min_cosine) == (1, 0, pytest.approx(1))
    assert both.texts == 2
    assert both.float32_max_abs_error == 1e-7, "that of the export"
    assert both.max_abs_error == pytest.approx(1e-3, rel=1e-3)
    assert 0.999 < both.min_cosine < 1
    assert export(cache, 1, 3).parity.max_abs_error == pytest.approx(1e-3, rel=1e-3)


@pytest.mark.parametrize(
    "change",
    [
        {"fingerprint": "another tower"},
        {"quantization": "uint8"},
        {"converter": "tensorflowjs"},
        {"max_length": 2},
    ],
)
def test_another_tower_or_option_is_exported_and_compared_anew(
    runs: Runs, cache: Cache, change: dict[str, Any]
):
    export(cache, 1)
    export(cache, 1, **change)
    assert len(runs.exports) == len(runs.compared) == 2


@pytest.mark.parametrize("name", ["exporter_code", "runtime_code"])
def test_other_code_compares_anew(
    runs: Runs, cache: Cache, name: str, monkeypatch: pytest.MonkeyPatch
):
    export(cache, 1)
    monkeypatch.setattr(text_encoder, name, lambda: "other code")
    export(cache, 1)
    assert len(runs.exports) == (2 if name == "exporter_code" else 1)
    assert len(runs.compared) == 2


def test_a_row_that_differs_is_told_each_time(runs: Runs, cache: Cache):
    export(cache, 1)
    runs.drift[:] = [0.5, 0, 0]
    for _ in range(2):  # what failed is not remembered as passed
        with pytest.raises(ParityError, match="nano: With float16 weights the least cosine"):
            export(cache, 1, 2)
    runs.drift[:] = 0
    export(cache, 1, 2)
    assert runs.compared == [[1], [2], [2], [2]]


def test_another_row_of_the_same_tokens_is_compared_with_what_was_run(runs: Runs, cache: Cache):
    export(cache, 1)
    before = TABLE[1].copy()
    try:
        TABLE[1] = TABLE[2]
        with pytest.raises(ParityError, match="float16"):
            export(cache, 1)
    finally:
        TABLE[1] = before
    assert runs.compared == [[1]]


def test_an_answer_lost_to_eight_bits_exports_anew(runs: Runs, cache: Cache):
    """Texts 1 and 2 are offered for the picture; the choice of weights was made for 1 alone."""
    picture = TABLE[[1]]
    export(cache, 1, quantization="auto", zimg=picture, choices=[[0]])
    exact = export(cache, 1, 2, quantization="auto", zimg=picture, choices=[[0, 1]])
    assert runs.exports == ["auto"]
    runs.drift[:] = 3 * (TABLE[2] - TABLE[3])
    with pytest.raises(ParityError, match="nano: With int8 weights the least cosine"):
        export(cache, 1, 3, quantization="auto", zimg=picture, choices=[[0, 1]])
    assert runs.exports == ["auto", "auto"], "tried once more, with all texts"
    assert exact.quantization == "int8"


def test_a_choice_is_kept_while_its_answers_are(runs: Runs, cache: Cache):
    for texts in ((1, 2), (1, 2, 3)):
        choices = [list(range(len(texts)))]
        export(cache, *texts, quantization="auto", zimg=TABLE[[1]], choices=choices)
    assert runs.exports == ["auto"]
    assert runs.compared == [[1, 2], [3]]
