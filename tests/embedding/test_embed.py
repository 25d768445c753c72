"""Embedding: batches, loading ahead, the cache, and inputs that cannot be used."""

import io
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
from numpy.typing import NDArray
from rich.console import Console

from builder.cache import Cache
from builder.embedding.embed import Input, embed, embed_images, embed_texts
from builder.errors import ImageError, ModelError, SpecError
from builder.manifest import SoftmaxScoring
from builder.model import ImageTextModel, ModelCard, Preprocessing, Tower
from builder.progress import Progress

SIZE, DIM = 4, 8


class LetterTokenizer:
    """A toy tokenizer: the first letters' code points, six a row."""

    max_length = 6

    def __call__(self, texts: Sequence[str]) -> NDArray[np.int32]:
        rows = [[ord(letter) for letter in text[:6].ljust(6)] for text in texts]
        return np.array(rows, np.int32).reshape(-1, 6)


def make_tower(size: int, seed: int) -> Tower:
    """A projection of flat inputs to unit rows."""
    kernel = np.random.default_rng(seed).normal(size=(size, DIM)).astype(np.float32)

    def apply(params: Any, inputs: Any) -> Any:
        x = inputs.reshape(len(inputs), -1).astype(jnp.float32) @ params
        return x / jnp.linalg.norm(x, axis=1, keepdims=True)

    return Tower(apply, kernel)


IMAGE_TOWER = make_tower(SIZE * SIZE * 3, 0)
TEXT_TOWER = make_tower(6, 1)


def make_model(
    load_image: Callable[[], Tower] = lambda: IMAGE_TOWER, fingerprint: str = "image"
) -> ImageTextModel:
    return ImageTextModel(
        id="toy",
        card=ModelCard(
            name="toy", description="", image_tower="", text_tower="", license="", source=None
        ),
        dim=DIM,
        scoring=SoftmaxScoring(scale=1),
        tokenizer=LetterTokenizer(),  # pyright: ignore[reportArgumentType]
        preprocessing=Preprocessing(SIZE),
        image_fingerprint=fingerprint,
        text_fingerprint="text",
        load_image=load_image,
        load_text=lambda: TEXT_TOWER,
    )


def random_pixels(count: int, seed: int = 0) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (count, SIZE, SIZE, 3), np.uint8)


def make_inputs(pixels: NDArray[np.uint8]) -> list[Input]:
    return [Input(f"{i}.png", str(i), lambda x=x: x) for i, x in enumerate(pixels)]


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


@pytest.fixture
def output() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def progress(output: io.StringIO) -> Progress:
    return Progress(Console(file=output))


def test_rows_are_those_of_the_towers_in_the_order_given(cache: Cache, progress: Progress) -> None:
    pixels = random_pixels(21)
    texts = [f"text {i}" for i in range(40)]
    embeddings = embed(make_model(), make_inputs(pixels), texts, cache=cache, progress=progress)
    expected = IMAGE_TOWER(pixels.astype(np.float32) / 127.5 - 1)
    np.testing.assert_allclose(embeddings.zimg, expected, atol=1e-6)
    tokens = LetterTokenizer()(texts)
    np.testing.assert_array_equal(embeddings.tokens, tokens)
    np.testing.assert_allclose(embeddings.ztxt, TEXT_TOWER(tokens), atol=1e-6)


def test_nothing_gives_no_rows(cache: Cache, progress: Progress) -> None:
    embeddings = embed(make_model(), [], [], cache=cache, progress=progress)
    assert embeddings.zimg.shape == embeddings.ztxt.shape == (0, DIM)


def test_equal_inputs_are_computed_once(
    cache: Cache, progress: Progress, output: io.StringIO
) -> None:
    rows = embed_texts(make_model(), ["same", "other", "same"], cache=cache, progress=progress)
    np.testing.assert_array_equal(rows[0], rows[2])
    assert "Embed prompts with toy (2)" in output.getvalue()


def test_kept_rows_need_neither_tower_nor_image(cache: Cache, progress: Progress) -> None:
    def refuse() -> Any:
        raise AssertionError

    first = embed_images(
        make_model(), make_inputs(random_pixels(5)), cache=cache, progress=progress
    )
    kept = [Input(f"{i}.png", str(i), refuse) for i in range(5)]
    again = embed_images(make_model(refuse), kept, cache=cache, progress=progress)
    np.testing.assert_array_equal(first, again)


def test_another_model_does_not_get_the_rows_of_the_first(cache: Cache, progress: Progress) -> None:
    inputs = make_inputs(random_pixels(3))
    first = embed_images(make_model(), inputs, cache=cache, progress=progress)
    other = make_model(lambda: make_tower(SIZE * SIZE * 3, 9), "another")
    assert not np.allclose(first, embed_images(other, inputs, cache=cache, progress=progress))


def test_images_that_cannot_be_loaded_are_all_named_and_the_others_kept(
    cache: Cache, progress: Progress, output: io.StringIO
) -> None:
    def fail() -> Any:
        raise ImageError("cut off", "Save it again.")

    inputs = make_inputs(random_pixels(20))
    bad = [Input("bad.png", "bad", fail), Input("worse.png", "worse", fail)]
    with pytest.raises(SpecError) as caught:
        embed_images(make_model(), [bad[0], *inputs, bad[1]], cache=cache, progress=progress)
    assert [problem.where for problem in caught.value.problems] == ["bad.png", "worse.png"]
    assert caught.value.problems[0].remedy == "Save it again."
    before = output.getvalue()
    embed_images(make_model(), inputs, cache=cache, progress=progress)
    assert output.getvalue() == before


def test_an_interruption_keeps_the_batches_that_are_done(
    cache: Cache, progress: Progress, output: io.StringIO
) -> None:
    def interrupt() -> Any:
        raise KeyboardInterrupt

    inputs = make_inputs(random_pixels(40))
    inputs[39] = Input("39.png", "39", interrupt)
    with pytest.raises(KeyboardInterrupt):
        embed_images(make_model(), inputs, cache=cache, progress=progress)
    embed_images(make_model(), inputs[:39], cache=cache, progress=progress)
    assert "Embed images with toy (39)" not in output.getvalue()


def test_few_inputs_are_loaded_ahead_however_many_there_are(
    cache: Cache, progress: Progress
) -> None:
    """What is loaded and not yet stored is bounded, so that memory is."""
    lock = threading.Lock()
    loaded = stored = most = 0

    def load(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        nonlocal loaded, most
        with lock:
            loaded += 1
            most = max(most, loaded - stored)
        return pixels

    class SlowCache(Cache):
        def store(self, kind: str, key: str, data: bytes) -> None:
            nonlocal stored
            time.sleep(0.001)
            with lock:
                stored += 1

    inputs = [
        Input(f"{i}.png", str(i), lambda x=x: load(x)) for i, x in enumerate(random_pixels(400))
    ]
    embed_images(make_model(), inputs, cache=SlowCache(Path("unused")), progress=progress)
    assert loaded == 400
    assert most <= 5 * 8  # two batches computed, one being made, two ahead


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (np.zeros(3, np.float32), r"toy: a tower returned \(2, 3\), expected \(2, 8\)"),
        (
            np.full(DIM, np.nan, np.float32),
            "nan in column 0 of the row of '0.png'",
        ),
    ],
)
def test_rows_that_cannot_be_right_are_refused(
    row: NDArray[np.float32], message: str, cache: Cache, progress: Progress
) -> None:
    def apply(params: Any, x: Any) -> Any:
        return jnp.tile(params, (len(x), 1))

    model = make_model(lambda: Tower(apply, row))
    with pytest.raises(ModelError, match=message):
        embed_images(model, make_inputs(random_pixels(2)), cache=cache, progress=progress)
