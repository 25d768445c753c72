"""The image tower for the browser: exported once, and compared with JAX on pictures of a demo."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from builder.cache import Cache, digest, pack, unpack
from builder.conversion.answers import MIN_COSINE_ELSEWHERE, PictureAnswers
from builder.conversion.parity import MIN_COSINE, Tolerance, measure_parity
from builder.embedding.embed import Input, embed_images, loaded
from builder.errors import about
from builder.fingerprint import exporter_code, runtime_code
from builder.model import ImageTextModel, Preprocessing, Rows
from builder.options import Storage
from builder.progress import Progress

INPUT = "pixels"
OUTPUT = "embeddings"
MODEL = "model.json"

COMPARED_IMAGES = 16
"""Enough to choose weights by; each one runs the tower again for every choice."""

_MAX_ERROR = math.sqrt(2 * (1 - MIN_COSINE))
"""How far apart numbers of two unit rows can be at most that have this cosine.

Deep towers magnify what float32 rounds, and an accelerator may have made JAX's rows in bfloat16.
"""

_WORTH_CODING = 0.005
"""The part of all numbers from which a weight is tried in eight bits."""

_ROWS = "rows.bin"


@dataclass(frozen=True)
class ExportedImageEncoder:
    """An image tower as a graph model: `model.json`, and weight shards by name.

    It takes float32[b, size, size, 3] from 0 to 255. `golden` float32[1, d] is the row in JAX of
    `make_pattern`. `min_cosine` is the least cosine of the rows of so many `pictures`, and of the
    pattern, to JAX's.
    """

    model: bytes
    weights: Mapping[str, bytes]
    nodes: int
    quantization: Storage
    preprocessing: Preprocessing
    golden: Rows
    pictures: int
    min_cosine: float
    input: str = INPUT
    output: str = OUTPUT


def make_pattern(size: int) -> NDArray[np.uint8]:
    """uint8[size, size, 3]: a picture that a browser can make too (webapp_src, pattern.ts)."""
    y, x, channel = np.indices((size, size, 3))
    return ((x * (channel + 3)) ^ (y * (5 - channel))).astype(np.uint8)


def export_image_encoder(
    model: ImageTextModel,
    pictures: Sequence[Input],
    ztxt: Rows,
    *,
    choices: Sequence[Sequence[int]],
    cache: Cache,
    progress: Progress,
) -> ExportedImageEncoder:
    """Export the image tower of a model as devices run it, or find it in the cache.

    The first pictures, which load as uint8[size, size, 3], and a pattern are run in TensorFlow.js.
    Weights have eight bits where these rows, and which of the texts `ztxt` that `choices` offers
    for a picture fits it best, are kept; others are float16.

    Raises:
        ExportError: if the tower uses something that TensorFlow.js cannot run.
        ParityError: if what would be shipped is not what JAX computes.
    """
    pattern = loaded("the pattern", make_pattern(model.preprocessing.size))
    compared = [*pictures[:COMPARED_IMAGES], pattern]
    zimg = embed_images(model, compared, cache=cache, progress=progress)
    answers = PictureAnswers(zimg, ztxt, [*choices[:COMPARED_IMAGES], ()])
    key = digest(
        exporter_code(),
        runtime_code(),
        model.image_fingerprint,
        json.dumps([picture.content for picture in compared]),
    )
    with cache.lock(key):
        kept = cache.load("image-encoders", key)
        data = None if kept is None else _unless_lost(kept, answers)
        if data is None:
            data = _export(model, compared, answers, progress)
            cache.store("image-encoders", key, data)
    facts, files = unpack(data)
    rows = _read_rows(files.pop(_ROWS), model.dim)
    return ExportedImageEncoder(
        model=files.pop(MODEL),
        weights=files,
        nodes=facts["nodes"],
        quantization=facts["quantization"],
        preprocessing=model.preprocessing,
        golden=zimg[-1:],
        pictures=len(compared) - 1,
        min_cosine=measure_parity({OUTPUT: rows}, {OUTPUT: zimg}).min_cosine,
    )


def _unless_lost(kept: bytes, answers: PictureAnswers) -> bytes | None:
    """What was kept, unless its eight bits were chosen by other texts and lose an answer."""
    facts, files = unpack(kept)
    rows = _read_rows(files[_ROWS], answers.zimg.shape[1])
    is_chosen = facts["quantization"] == "int8"
    return None if is_chosen and answers.find_lost(rows).size else kept


def _export(
    model: ImageTextModel,
    pictures: Sequence[Input],
    answers: PictureAnswers,
    progress: Progress,
) -> bytes:
    """The files of the graph, with what TensorFlow.js computes with them."""
    # The exporter brings in JAX, which a build that finds everything in the cache does not need.
    from builder.conversion.check import export_checked, start_runtime
    from builder.conversion.eight_bits import Search, in_integers, with_codes
    from builder.conversion.samples import Sample
    from builder.embedding.devices import on_bytes
    from builder.tfjs.model import GraphModel
    from builder.tfjs.runtime import Runtime

    pixels = np.stack([picture.load() for picture in pictures]).astype(np.float32)
    sample = Sample({INPUT: pixels}, {OUTPUT: answers.zimg})

    def choose(exact: GraphModel, _: Sequence[Sample], runtime: Runtime) -> GraphModel:
        """The largest weights first: they are worth most, and matter least one by one."""
        search = Search(sample, runtime, answers)
        sizes = {name: array.size for name, array in exact.weights.items()}
        least = _WORTH_CODING * sum(sizes.values())
        kinds = exact.quantized("int8").kinds
        coded = [name for name, way in kinds.items() if way == "int8" and sizes[name] >= least]
        largest = sorted(coded, key=lambda name: -sizes[name])
        stored = with_codes(exact, search.keep(largest, lambda some: with_codes(exact, some)))
        products = search.keep(stored.int8_matrices, lambda some: in_integers(stored, some))
        return in_integers(stored, products)

    size = model.preprocessing.size
    tower = on_bytes(model.load_image())
    with about(model.id):
        with progress.step(f"Export {model.id}'s image tower to TensorFlow.js", 3) as advance:
            checked = export_checked(
                tower.apply,
                tower.params,
                {INPUT: (f"(b, {size}, {size}, 3)", "float32")},
                [OUTPUT],
                lambda _: [sample],
                quantization=choose,
                tolerance=Tolerance(_MAX_ERROR, MIN_COSINE_ELSEWHERE),
                advance=advance,
            )
        shipped = checked.model
        with start_runtime(shipped.files, {INPUT: pixels[:1]}) as trial:
            trial.runtime.load(shipped.files)
            rows = trial.runtime.predict({INPUT: pixels})[OUTPUT]
    facts = {
        "nodes": len(shipped.ops),
        "quantization": "int8" if "int8" in shipped.kinds.values() else "float16",
    }
    return pack(facts, {**shipped.files, _ROWS: rows.astype("<f4").tobytes()})


def _read_rows(data: bytes, dim: int) -> Rows:
    return np.frombuffer(data, "<f4").reshape(-1, dim)
