"""The text tower for the browser: exported once, and compared with JAX on the texts of the demo."""

import io
import json
import zipfile
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from builder.cache import Cache, digest, digest_folder
from builder.embedding.embed import Embeddings
from builder.errors import ExportError
from builder.model import ImageTextModel
from builder.progress import Advance, Progress
from builder.spec.models import Converter, Quantization
from builder.version import __version__

INPUT = "tokens"
OUTPUT = "embeddings"

_EXPORTER = Path(__file__).parents[1] / "tfjs"


@dataclass(frozen=True)
class EncoderParity:
    """How far TensorFlow.js (wasm) is from JAX, over all texts that were compared.

    `float32_max_abs_error` is that of the graph with float32 weights, where there is one; the other
    two are those of the files that are shipped.
    """

    texts: int
    float32_max_abs_error: float | None
    max_abs_error: float
    min_cosine: float


@dataclass(frozen=True)
class ExportedEncoder:
    """A text tower as a graph model: `model.json`, weight shards by name, and its parity.

    `problems` says which backends cannot run it, and why; `input` and `output` are their names in
    its signature.
    """

    model: bytes
    weights: Mapping[str, bytes]
    nodes: int
    quantization: Quantization
    parity: EncoderParity
    problems: tuple[str, ...]
    input: str = INPUT
    output: str = OUTPUT


def export_text_encoder(
    model: ImageTextModel,
    quantization: Quantization,
    embeddings: Embeddings,
    *,
    converter: Converter = "native",
    cache: Cache,
    progress: Progress,
) -> ExportedEncoder:
    """Export the text tower, or find it in the cache, and compare it with JAX's `embeddings`.

    Raises:
        ExportError: if the tower uses something that TensorFlow.js cannot run, or the converter
            cannot be used here.
        ParityError: if what would be shipped is not what JAX computes.
    """
    key = digest(
        __version__,
        digest_folder(_EXPORTER, "*.py"),
        model.text_fingerprint,
        converter,
        quantization,
        embeddings.tokens.tobytes(),
        embeddings.ztxt.tobytes(),
    )
    if (kept := cache.load("encoders", key)) is not None:
        return _unpack(kept)
    with progress.step(f"Export {model.id} to TensorFlow.js", 3) as advance:
        encoder = _export(model, quantization, embeddings, converter, advance)
    cache.store("encoders", key, _pack(encoder))
    return encoder


def _export(
    model: ImageTextModel,
    quantization: Quantization,
    embeddings: Embeddings,
    converter: Converter,
    advance: Advance,
) -> ExportedEncoder:
    # The exporter brings in JAX, which a build that finds everything in the cache does not need.
    from builder.tfjs.export import check_parity, export, start_runtime

    tower = model.text_tower
    inputs = {INPUT: (f"(b, {model.tokenizer.layout.max_length})", "int32")}
    tokens, expected = {INPUT: embeddings.tokens}, {OUTPUT: embeddings.ztxt}

    with _named(model.id), ExitStack() as stack:
        shipped = export(tower.apply, tower.params, inputs, [OUTPUT], converter=converter)
        trial = stack.enter_context(start_runtime(shipped, tokens, converter))
        advance(1)
        exact = parity = check_parity(shipped, tokens, expected, trial.runtime)
        advance(1)
        if quantization != "none":
            shipped = shipped.quantized(quantization)
            parity = check_parity(shipped, tokens, expected, trial.runtime)
        advance(1)
    files = dict(shipped.files)
    return ExportedEncoder(
        model=files.pop("model.json"),
        weights=files,
        nodes=len(shipped.ops),
        quantization=quantization,
        parity=EncoderParity(
            texts=len(embeddings.tokens),
            float32_max_abs_error=exact.max_abs_error,
            max_abs_error=parity.max_abs_error,
            min_cosine=parity.min_cosine,
        ),
        problems=trial.problems,
    )


@contextmanager
def _named(model_id: str) -> Generator[None]:
    """Say which model an error is about."""
    try:
        yield
    except ExportError as error:
        raise type(error)(f"{model_id}: {error}") from error


def _pack(encoder: ExportedEncoder) -> bytes:
    """As a ZIP: the weights, `model.json`, and the rest in `about.json`."""
    about = {
        "nodes": encoder.nodes,
        "quantization": encoder.quantization,
        "parity": asdict(encoder.parity),
        "problems": encoder.problems,
    }
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("about.json", json.dumps(about))
        archive.writestr("model.json", encoder.model)
        for name, content in encoder.weights.items():
            archive.writestr(name, content)
    return data.getvalue()


def _unpack(data: bytes) -> ExportedEncoder:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    about = json.loads(files.pop("about.json"))
    return ExportedEncoder(
        model=files.pop("model.json"),
        weights=files,
        nodes=about["nodes"],
        quantization=about["quantization"],
        parity=EncoderParity(**about["parity"]),
        problems=tuple(about["problems"]),
    )
