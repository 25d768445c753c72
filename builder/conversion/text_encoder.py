"""The text tower for the browser: exported once, and compared with JAX on every text of a demo."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial

import numpy as np

from builder.cache import Cache, digest, pack, unpack
from builder.conversion.answers import MIN_COSINE, MIN_COSINE_ELSEWHERE, Answers
from builder.conversion.parity import Tolerance, measure_parity
from builder.embedding.embed import Embeddings
from builder.errors import ParityError, about
from builder.fingerprint import exporter_code, runtime_code
from builder.model import ImageTextModel, Rows
from builder.options import Converter, Storage, StorageChoice
from builder.progress import Advance, Progress

INPUT = "tokens"
OUTPUT = "embeddings"
MODEL = "model.json"

_ROWS = "rows.bin"

_EIGHT_BITS = ("int8", "int4")


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

    Of its weights, `in_float16` could have eight bits but for the demo's answers, and with those of
    `in_float32`, which have, products are computed in float32 for the same reason. `table_bytes`
    are those of the token embeddings. `problems` says which backends cannot run it, and why;
    `input` and `output` are the names of both in its signature.
    """

    model: bytes
    weights: Mapping[str, bytes]
    nodes: int
    quantization: Storage
    parity: EncoderParity
    problems: tuple[str, ...]
    in_float16: tuple[str, ...] = ()
    in_float32: tuple[str, ...] = ()
    table_bytes: int = 0
    input: str = INPUT
    output: str = OUTPUT


def export_text_encoder(
    model: ImageTextModel,
    quantization: StorageChoice,
    embeddings: Embeddings,
    *,
    choices: Sequence[Sequence[int]],
    typed: Sequence[int] = (),
    converter: Converter,
    cache: Cache,
    progress: Progress,
) -> ExportedEncoder:
    """Export the text tower, or find it in the cache, and compare it with JAX's `embeddings`.

    `choices` and `typed` are the places of texts, as `Answers` has them.

    The graph is cached under what it is made from, and the row of each text beside it, so that only
    texts that it has not been run on are run. If its weights were chosen by what other texts allow,
    and one of these loses an answer, it is exported again.

    Raises:
        ExportError: if the tower uses something that TensorFlow.js cannot run, or the converter
            cannot be used here.
        ParityError: if what would be shipped is not what JAX computes.
    """
    answers = Answers(embeddings.zimg, embeddings.ztxt, choices, typed)
    source = [exporter_code(), model.text_fingerprint]
    if quantization == "auto":
        source.append(runtime_code())
    length = model.tokenizer.layout.max_length
    key = digest(*source, json.dumps([converter, quantization, length]))

    def export() -> ExportedEncoder:
        with progress.step(f"Export {model.id} to TensorFlow.js", 3) as advance:
            encoder = _export(model, quantization, embeddings, answers, converter, advance)
        cache.store("encoders", key, _pack(encoder))
        return encoder

    with cache.lock(key):
        kept = cache.load("encoders", key)
        encoder = export() if kept is None else _unpack(kept)
        found = _run(model.id, encoder, embeddings, cache, progress)
        is_chosen = quantization == "auto" and encoder.quantization in _EIGHT_BITS
        if kept is not None and is_chosen and answers.find_lost(found.rows).size:
            encoder = export()
            found = _run(model.id, encoder, embeddings, cache, progress)
        with about(model.id):
            parity = _check(encoder, found.rows, answers)
        found.store(cache)
    return replace(encoder, parity=parity)


def _export(
    model: ImageTextModel,
    quantization: StorageChoice,
    embeddings: Embeddings,
    answers: Answers,
    converter: Converter,
    advance: Advance,
) -> ExportedEncoder:
    # The exporter brings in JAX, which a build that finds everything in the cache does not need.
    from builder.conversion.check import export_checked
    from builder.conversion.eight_bits import select_eight_bits, use_eight_bits
    from builder.conversion.samples import Sample

    tower = model.text_tower
    sample = Sample({INPUT: embeddings.tokens}, {OUTPUT: embeddings.ztxt})
    stored = None if quantization == "none" else quantization
    if stored == "auto":
        stored = partial(select_eight_bits, answers=answers)
    elif stored == "int8" or stored == "int4":
        stored = partial(use_eight_bits, stored)
    with about(model.id):
        checked = export_checked(
            tower.apply,
            tower.params,
            {INPUT: (f"(b, {model.tokenizer.layout.max_length})", "int32")},
            [OUTPUT],
            lambda _: [sample],
            quantization=stored,
            tolerance=_tolerance(quantization),
            converter=converter,
            advance=advance,
        )
    shipped = checked.model
    files = dict(shipped.files)
    found = shipped.kinds.values()
    return ExportedEncoder(
        model=files.pop(MODEL),
        weights=files,
        nodes=len(shipped.ops),
        quantization=_name(found) if quantization == "auto" else quantization,
        parity=EncoderParity(
            texts=len(embeddings.tokens),
            float32_max_abs_error=checked.float32.max_abs_error,
            max_abs_error=checked.parity.max_abs_error,
            min_cosine=checked.parity.min_cosine,
        ),
        problems=checked.problems,
        in_float16=shipped.left_out if quantization == "auto" else (),
        in_float32=tuple(n for n in shipped.int8_matrices if n not in shipped.integer_products),
        table_bytes=shipped.table_bytes,
    )


@dataclass(frozen=True)
class _Found:
    """Rows float32[texts, d] of TensorFlow.js, and all that are known under a key of the cache."""

    rows: Rows
    key: str
    known: Mapping[str, Rows]

    @staticmethod
    def load(cache: Cache, key: str) -> dict[str, Rows]:
        """The rows that are known, by text."""
        kept = cache.load("comparisons", key)
        if kept is None:
            return {}
        facts, files = unpack(kept)
        rows = np.frombuffer(files[_ROWS], "<f4").reshape(len(facts["texts"]), -1)
        return dict(zip(facts["texts"], rows, strict=True))

    def store(self, cache: Cache) -> None:
        """Remember the rows, once they have passed."""
        data = np.stack(list(self.known.values())).astype("<f4").tobytes()
        cache.store("comparisons", self.key, pack({"texts": list(self.known)}, {_ROWS: data}))


def _run(
    model_id: str,
    encoder: ExportedEncoder,
    embeddings: Embeddings,
    cache: Cache,
    progress: Progress,
) -> _Found:
    """Run the encoder in TensorFlow.js on all texts that it was not run on before."""
    key = digest(encoder.model, *encoder.weights, runtime_code())
    known = _Found.load(cache, key)
    texts = [digest(ids.tobytes()) for ids in embeddings.tokens]
    missing = [place for place, text in enumerate(texts) if text not in known]
    if missing:
        from builder.conversion.check import start_runtime

        files = {MODEL: encoder.model, **encoder.weights}
        tokens = embeddings.tokens[missing]
        title = f"Compare {model_id} in TensorFlow.js with JAX"
        with about(model_id), progress.step(title, len(missing)) as advance:
            start = partial(start_runtime, files, {encoder.input: tokens[:1]})
            with cache.using(f"runtime {key}", start) as trial:
                rows = trial.runtime.predict({encoder.input: tokens})[encoder.output]
            known |= {texts[place]: row for place, row in zip(missing, rows, strict=True)}
            advance(len(missing))
    return _Found(np.stack([known[text] for text in texts]), key, known)


def _check(encoder: ExportedEncoder, rows: Rows, answers: Answers) -> EncoderParity:
    """The parity of what ships.

    Raises:
        ParityError: if it is further from JAX than it may be as its weights are stored.
    """
    parity = measure_parity({OUTPUT: rows}, {OUTPUT: answers.ztxt})
    stored = encoder.quantization
    _tolerance(stored).check(parity, None if stored == "none" else stored)
    if stored in _EIGHT_BITS and (lost := answers.find_lost(rows)).size:
        raise ParityError(
            f"With {stored} weights, {len(lost)} of {len(rows)} texts have a cosine to JAX's row"
            f" below {MIN_COSINE}, or change which text fits a picture best; the least cosine is"
            f" {parity.min_cosine:.6f}. Remove quantization, so that the build chooses what can"
            " have eight bits."
        )
    return EncoderParity(
        texts=len(rows),
        float32_max_abs_error=encoder.parity.float32_max_abs_error,
        max_abs_error=parity.max_abs_error,
        min_cosine=parity.min_cosine,
    )


def _tolerance(quantization: StorageChoice) -> Tolerance:
    """What every text must keep to; `Answers` demands more of those that are offered."""
    chosen = quantization in ("auto", *_EIGHT_BITS)
    return Tolerance(min_cosine=MIN_COSINE_ELSEWHERE) if chosen else Tolerance()


def _name(ways: Collection[str | None]) -> Storage:
    """The storage of weights in some of these ways, in a word."""
    return "int8" if any(bits in ways for bits in _EIGHT_BITS) else "float16"


def _pack(encoder: ExportedEncoder) -> bytes:
    facts = {
        "nodes": encoder.nodes,
        "quantization": encoder.quantization,
        "parity": asdict(encoder.parity),
        "problems": encoder.problems,
        "in_float16": encoder.in_float16,
        "in_float32": encoder.in_float32,
        "table_bytes": encoder.table_bytes,
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
        in_float16=tuple(facts["in_float16"]),
        in_float32=tuple(facts["in_float32"]),
        table_bytes=facts["table_bytes"],
    )
