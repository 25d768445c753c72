"""The text tower for the browser: exported once, and compared with JAX on every text of a demo."""

import json
from collections.abc import Mapping
from dataclasses import asdict, astuple, dataclass, replace

from builder.cache import Cache, digest, pack, unpack
from builder.conversion.parity import Parity, measure_parity, worst
from builder.embedding.embed import Embeddings
from builder.errors import about
from builder.fingerprint import exporter_code, runtime_code
from builder.model import ImageTextModel
from builder.options import Converter, Storage
from builder.progress import Advance, Progress

INPUT = "tokens"
OUTPUT = "embeddings"
MODEL = "model.json"


@dataclass(frozen=True)
class EncoderParity:
    """How far TensorFlow.js (wasm) is from JAX, over all texts that were compared.

    `float32_max_abs_error` is the error of the graph with float32 weights, if there is one, on the
    texts that were known when it was exported. The other two are about the files that are shipped.
    """

    texts: int
    float32_max_abs_error: float | None
    max_abs_error: float
    min_cosine: float


@dataclass(frozen=True)
class ExportedEncoder:
    """A text tower as a graph model: `model.json`, weight shards by name, and its parity.

    `problems` says which backends cannot run it, and why; `input` and `output` are the names of
    both in its signature.
    """

    model: bytes
    weights: Mapping[str, bytes]
    nodes: int
    quantization: Storage
    parity: EncoderParity
    problems: tuple[str, ...]
    input: str = INPUT
    output: str = OUTPUT


def export_text_encoder(
    model: ImageTextModel,
    quantization: Storage,
    embeddings: Embeddings,
    *,
    converter: Converter,
    cache: Cache,
    progress: Progress,
) -> ExportedEncoder:
    """Export the text tower, or find it in the cache, and compare it with JAX's `embeddings`.

    The graph is cached under what it is made from, and the result of each text beside it, so that
    only texts that it has not been compared on are run.

    Raises:
        ExportError: if the tower uses something that TensorFlow.js cannot run, or the converter
            cannot be used here.
        ParityError: if what would be shipped is not what JAX computes.
    """
    key = digest(
        exporter_code(),
        model.text_fingerprint,
        json.dumps([converter, quantization, model.tokenizer.layout.max_length]),
    )
    with cache.lock(key):
        if (kept := cache.load("encoders", key)) is not None:
            encoder = _unpack(kept)
        else:
            with progress.step(f"Export {model.id} to TensorFlow.js", 3) as advance:
                encoder = _export(model, quantization, embeddings, converter, advance)
            cache.store("encoders", key, _pack(encoder))
        found = _compare(
            model.id, encoder, embeddings, digest(key, runtime_code()), cache, progress
        )
    parity = EncoderParity(
        texts=len(embeddings.tokens),
        float32_max_abs_error=encoder.parity.float32_max_abs_error,
        max_abs_error=found.max_abs_error,
        min_cosine=found.min_cosine,
    )
    return replace(encoder, parity=parity)


def _export(
    model: ImageTextModel,
    quantization: Storage,
    embeddings: Embeddings,
    converter: Converter,
    advance: Advance,
) -> ExportedEncoder:
    # The exporter brings in JAX, which a build that finds everything in the cache does not need.
    from builder.conversion.check import export_checked
    from builder.conversion.samples import Sample

    tower = model.text_tower
    sample = Sample({INPUT: embeddings.tokens}, {OUTPUT: embeddings.ztxt})
    with about(model.id):
        checked = export_checked(
            tower.apply,
            tower.params,
            {INPUT: (f"(b, {model.tokenizer.layout.max_length})", "int32")},
            [OUTPUT],
            lambda _: [sample],
            quantization=None if quantization == "none" else quantization,
            converter=converter,
            advance=advance,
        )
    files = dict(checked.model.files)
    return ExportedEncoder(
        model=files.pop(MODEL),
        weights=files,
        nodes=len(checked.model.ops),
        quantization=quantization,
        parity=EncoderParity(
            texts=len(embeddings.tokens),
            float32_max_abs_error=checked.float32.max_abs_error,
            max_abs_error=checked.parity.max_abs_error,
            min_cosine=checked.parity.min_cosine,
        ),
        problems=checked.problems,
    )


def _compare(
    model_id: str,
    encoder: ExportedEncoder,
    embeddings: Embeddings,
    key: str,
    cache: Cache,
    progress: Progress,
) -> Parity:
    """The worst parity of all texts; only those that the entry `key` does not know are run."""
    kept = cache.load("comparisons", key)
    known: dict[str, Parity] = {
        text: Parity(*numbers) for text, numbers in json.loads(kept or b"{}").items()
    }
    texts = [
        digest(ids.tobytes(), row.tobytes())
        for ids, row in zip(embeddings.tokens, embeddings.ztxt, strict=True)
    ]
    missing = [place for place, text in enumerate(texts) if text not in known]
    if missing:
        from builder.conversion.check import Tolerance, start_runtime

        files = {MODEL: encoder.model, **encoder.weights}
        tokens = embeddings.tokens[missing]
        title = f"Compare {model_id} in TensorFlow.js with JAX"
        with about(model_id), progress.step(title, len(missing)) as advance:
            with start_runtime(files, {encoder.input: tokens[:1]}) as trial:
                rows = trial.runtime.predict({encoder.input: tokens})[encoder.output]
            for place, row in zip(missing, rows, strict=True):
                expected = {OUTPUT: embeddings.ztxt[place]}
                known[texts[place]] = measure_parity({OUTPUT: row}, expected)
            name = None if encoder.quantization == "none" else encoder.quantization
            Tolerance().check(worst(known[texts[place]] for place in missing), name)
            advance(len(missing))
        numbers = {text: astuple(parity) for text, parity in known.items()}
        cache.store("comparisons", key, json.dumps(numbers).encode())
    return worst(known[text] for text in texts)


def _pack(encoder: ExportedEncoder) -> bytes:
    facts = {
        "nodes": encoder.nodes,
        "quantization": encoder.quantization,
        "parity": asdict(encoder.parity),
        "problems": encoder.problems,
    }
    return pack(facts, {MODEL: encoder.model, **encoder.weights})


def _unpack(data: bytes) -> ExportedEncoder:
    facts, files = unpack(data)
    return ExportedEncoder(
        model=files.pop(MODEL),
        weights=files,
        nodes=facts["nodes"],
        quantization=facts["quantization"],
        parity=EncoderParity(**facts["parity"]),
        problems=tuple(facts["problems"]),
    )
