"""What a model of precomputed rows contributes to a site."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from builder.cache import Cache, digest
from builder.conversion.parity import measure_parity
from builder.conversion.text_encoder import EncoderParity, ExportedEncoder
from builder.embedding.embed import Embeddings
from builder.errors import ExportError, ModelError, Problem, SpecError
from builder.fingerprint import runtime_code
from builder.model import Rows
from builder.models.precomputed.encoder import MODEL, GraphFiles
from builder.models.precomputed.model import WITHOUT_ENCODER, PrecomputedModel
from builder.progress import Progress
from builder.site.built_model import BuiltModel
from builder.site.goldens import GOLDEN_PROMPTS, GOLDEN_TEXTS, choose_goldens
from builder.spec.demo import DemoSpec
from builder.text.sentencepiece import SentencePieceTokenizer

_MIN_COSINE = 0.999
"""The page asks the same of an encoder."""


def build_precomputed(
    model: PrecomputedModel, spec: DemoSpec, *, cache: Cache, progress: Progress
) -> BuiltModel:
    """Look up the rows of a demo's images and prompts; the encoder computes those of new prompts.

    Raises:
        SpecError: naming every image without a row, and every prompt where no encoder can be used.
    """
    zimg = _select_images(model, spec)
    encoded, problems = None, model.problems
    if model.tokenizer and model.encoder:
        try:
            encoded = _encode(model, model.tokenizer, model.encoder, spec.prompts, cache, progress)
            problems = encoded.encoder.problems
        except ModelError as error:
            problems = (f"{error} {WITHOUT_ENCODER}",)
    if encoded is None:
        _refuse_new_prompts(model, spec, problems)
        no_tokens = np.zeros((len(spec.prompts), 0), np.int32)
        embeddings = Embeddings(zimg, model.prompts.select(spec.prompts), no_tokens)
        return BuiltModel(
            model, embeddings, spec.prompts, (), None, dtype="float32", problems=problems
        )
    return BuiltModel(
        model=model,
        embeddings=Embeddings(zimg, encoded.ztxt, encoded.tokens),
        texts=encoded.texts,
        goldens=choose_goldens(spec.prompts, encoded.texts, encoded.tokens),
        encoder=encoded.encoder,
        dtype="float32",
        problems=problems,
    )


def _select_images(model: PrecomputedModel, spec: DemoSpec) -> Rows:
    ids = [image.id for image in spec.images]
    if missing := model.images.missing(ids):
        path = model.folder / "zimgs.txt"
        raise SpecError(
            [
                Problem(
                    f"image {name!r}", f"{model.id} has no row for it", f"Its id must be in {path}."
                )
                for name in missing
            ]
        )
    return model.images.select(ids)


def _refuse_new_prompts(model: PrecomputedModel, spec: DemoSpec, problems: Sequence[str]) -> None:
    if new := model.prompts.missing(spec.prompts):
        reason = f"{model.id} has no row for it and no encoder to compute one"
        remedy = f"Use one from {model.folder / 'ztxts.txt'}. {' '.join(problems)}"
        raise SpecError([Problem(f"prompt {text!r}", reason, remedy) for text in new])


@dataclass(frozen=True)
class _Encoded:
    """A demo's texts with their tokens and rows, and the encoder that gives the same rows."""

    encoder: ExportedEncoder
    texts: tuple[str, ...]
    tokens: NDArray[np.int32]
    ztxt: Rows


def _encode(
    model: PrecomputedModel,
    tokenizer: SentencePieceTokenizer,
    encoder: GraphFiles,
    prompts: tuple[str, ...],
    cache: Cache,
    progress: Progress,
) -> _Encoded:
    """Compare the encoder with the given rows, and compute the missing ones.

    Raises:
        ModelError: if it cannot be run, or gives other rows.
    """
    texts = tuple(dict.fromkeys((*prompts, *GOLDEN_TEXTS)))
    tokens = tokenizer(texts)
    given = [text in model.prompts.index for text in texts]
    compared = [place for place, known in enumerate(given) if known][:GOLDEN_PROMPTS]
    wanted = [place for place, known in enumerate(given) if not known or place in compared]
    computed, problems = _run(model, encoder, tokens[wanted], cache, progress)
    ztxt = np.zeros((len(texts), model.dim), np.float32)
    ztxt[wanted] = computed
    expected = model.prompts.select([texts[place] for place in compared])
    parity = measure_parity({"rows": ztxt[compared]}, {"rows": expected})
    # Written so that NaN, which is neither within nor beyond a limit, fails.
    if not parity.min_cosine >= _MIN_COSINE:
        raise ModelError(
            f"{model.folder / 'tfjs'}: its rows have a cosine of {parity.min_cosine:.4f} to those"
            f" in ztxts.bin; at least {_MIN_COSINE} is required."
        )
    ztxt[given] = model.prompts.select([text for text in texts if text in model.prompts.index])
    files = dict(encoder.files)
    exported = ExportedEncoder(
        model=files.pop(MODEL),
        weights=files,
        nodes=encoder.nodes,
        quantization=encoder.quantization,
        parity=EncoderParity(
            texts=len(compared),
            float32_max_abs_error=parity.max_abs_error if encoder.quantization == "none" else None,
            max_abs_error=parity.max_abs_error,
            min_cosine=parity.min_cosine,
        ),
        problems=problems,
        input=encoder.input,
        output=encoder.output,
    )
    return _Encoded(exported, texts, tokens, ztxt)


def _run(
    model: PrecomputedModel,
    encoder: GraphFiles,
    tokens: NDArray[np.int32],
    cache: Cache,
    progress: Progress,
) -> tuple[Rows, tuple[str, ...]]:
    """Rows float32[n, dim] of token rows, and which backends cannot compute them, and why.

    Cached by content: the original graphs take about a second for each text. The original converter
    wrote Einsum, which TensorFlow.js has on cpu and webgl, but not on wasm.

    Raises:
        ModelError: if TensorFlow.js cannot compute such rows on any backend that Node has.
    """
    key = digest(runtime_code(), *encoder.files.values(), tokens.tobytes(), str(model.dim))
    if (kept := cache.load("precomputed", key)) is not None:
        problems, _, rows = kept.partition(b"\n")
        return np.frombuffer(rows, "<f4").reshape(-1, model.dim), tuple(json.loads(problems))
    with progress.step(f"Run {model.id} in TensorFlow.js", len(tokens)) as advance:
        rows, found = _compute(encoder, tokens)
        if rows.shape != (len(tokens), model.dim):
            raise ModelError(
                f"the encoder returns an array of {rows.shape} for {len(tokens)} texts, not"
                f" {model.dim} numbers for each."
            )
        advance(len(tokens))
    cache.store(
        "precomputed", key, json.dumps(found).encode() + b"\n" + rows.astype("<f4").tobytes()
    )
    return rows, found


def _compute(encoder: GraphFiles, tokens: NDArray[np.int32]) -> tuple[Rows, tuple[str, ...]]:
    from builder.conversion.check import start_runtime

    try:
        with start_runtime(encoder.files, {encoder.input: tokens[:1]}) as trial:
            return trial.runtime.predict({encoder.input: tokens})[encoder.output], trial.problems
    except ExportError as error:
        raise ModelError(str(error)) from None
