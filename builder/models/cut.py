"""A model whose vocabulary is cut to what a demo needs, and what that saves and costs."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib import metadata

import numpy as np

from builder.cache import Cache, digest
from builder.embedding.embed import embed_texts
from builder.errors import ModelError, naming
from builder.fingerprint import vocabulary_code
from builder.input_file import read_input
from builder.model import ImageTextModel, Tower
from builder.progress import Progress
from builder.spec.models import VocabularySpec
from builder.text.cutting.choose import choose_pieces
from builder.text.cutting.closures import Kept
from builder.text.cutting.inventory import Inventory, require_cuttable, take_inventory
from builder.text.cutting.scripts import find_scripts
from builder.text.cutting.share import measure_share
from builder.text.cutting.sources import Source, use_corpus, use_language
from builder.text.cutting.tokenizer import cut_tokenizer
from builder.text.tokenizer import CuttableTokenizer, Tokenizer

LEAST_SHARE = 0.99
"""Of the tokens of other texts: an author is told of less."""
_SAME = 1 - 1e-5
"""The least cosine between the rows of a prompt that float32 accounts for."""


@dataclass(frozen=True)
class VocabularyReport:
    """What cutting a vocabulary did.

    `pieces` and `pieces_before` have a row each in the tower's table, which is `rows_saved`
    shorter: it may have had rows of no piece. `shares` are those of the tokens of held-out text
    that are as before, by language or file. `file_bytes_saved` is before compression.
    `min_cosine` is the least one between the rows that the prompts have with the whole vocabulary
    and with the cut one.
    """

    pieces: int
    pieces_before: int
    rows_saved: int
    file_bytes_saved: int
    shares: Mapping[str, float]
    min_cosine: float

    @property
    def problems(self) -> tuple[str, ...]:
        """What an author should know."""
        return tuple(
            f"of the tokens of other text like {name}, only {share:.1%} are as they were. Raise"
            " pieces, or give texts that are more like what visitors will write."
            for name, share in self.shares.items()
            if share < LEAST_SHARE
        )


@dataclass(frozen=True)
class _Choice:
    """What stays, the share of held-out tokens that do, and the rows of the tower's table."""

    rows: tuple[int, ...]
    merging: tuple[int, ...]
    shares: dict[str, float]
    table_rows: int


def cut_vocabulary(
    model: ImageTextModel,
    spec: VocabularySpec,
    prompts: Sequence[str],
    *,
    cache: Cache,
    progress: Progress,
) -> tuple[ImageTextModel, VocabularyReport]:
    """The model with the pieces that prompts, languages and texts need; prompts keep their rows.

    Raises:
        BuilderError: if the spec asks for what is not there, or for too few pieces.
        ModelError: if the tokenizer or the tower cannot do with fewer pieces.
    """
    with naming(model.id):
        whole = require_cuttable(model.tokenizer)
        inventory = take_inventory(whole)
    key = _key_of(model, whole, spec, prompts)
    with cache.lock(key), naming(model.id):
        if (stored := cache.load("vocabularies", key)) is not None:
            choice = _Choice(**json.loads(stored))
        else:
            choice = _choose(model, whole, inventory, spec, prompts, progress)
            cache.store("vocabularies", key, json.dumps(asdict(choice)).encode())
    kept = Kept(tuple(choice.rows), tuple(choice.merging))
    tokenizer = cut_tokenizer(whole, inventory, kept)

    def load_text() -> Tower:
        from builder.towers.token_table import keep_tokens

        return keep_tokens(model.load_text(), kept.rows, len(whole))

    smaller = replace(
        model,
        tokenizer=tokenizer,
        text_fingerprint=digest(model.text_fingerprint, json.dumps(kept.rows)),
        load_text=load_text,
    )
    report = VocabularyReport(
        pieces=len(kept.rows),
        pieces_before=len(whole),
        rows_saved=choice.table_rows - len(kept.rows),
        file_bytes_saved=_size_of(whole) - _size_of(tokenizer),
        shares=choice.shares,
        min_cosine=_compare(model, smaller, prompts, cache, progress),
    )
    return smaller, report


def _key_of(
    model: ImageTextModel,
    tokenizer: CuttableTokenizer,
    spec: VocabularySpec,
    prompts: Sequence[str],
) -> str:
    """A hash of all that the choice depends on."""
    return digest(
        vocabulary_code(),
        model.text_fingerprint,
        tokenizer.layout.model_dump_json(),
        tokenizer.to_manifest().model_dump_json(),
        spec.model_dump_json(exclude={"corpus"}),
        read_input(spec.corpus, "Name a text file.") if spec.corpus else b"",
        metadata.version("wordfreq") if spec.languages and _has_words() else "",
        json.dumps(prompts),
    )


def _has_words() -> bool:
    try:
        metadata.version("wordfreq")
    except metadata.PackageNotFoundError:
        return False  # what reads the words says so
    return True


def _choose(
    model: ImageTextModel,
    tokenizer: CuttableTokenizer,
    inventory: Inventory,
    spec: VocabularySpec,
    prompts: Sequence[str],
    progress: Progress,
) -> _Choice:
    sources: list[Source] = []
    with progress.step(f"Cut the vocabulary of {model.id}", len(spec.languages) + 3) as advance:
        for code in spec.languages:
            sources.append(use_language(code, tokenizer))
            advance(1)
        if spec.corpus:
            sources.append(use_corpus(spec.corpus, tokenizer))
        scripts = find_scripts((prompt, 1) for prompt in prompts)
        advance(1)
        kept = choose_pieces(
            inventory,
            sources,
            {index for ids in tokenizer.segment(prompts) for index in ids},
            scripts.union(*(source.scripts for source in sources)),
            spec.pieces,
        )
        advance(1)
        smaller = tokenizer.keep(kept.rows, kept.merging)
        shares = {
            source.name: measure_share(tokenizer, smaller, kept, source.held_out)
            for source in sources
        }
        from builder.towers.token_table import table_shape

        table_rows, _ = table_shape(model.load_text(), len(tokenizer))
        advance(1)
    return _Choice(kept.rows, kept.merging, shares, table_rows)


def _compare(
    whole: ImageTextModel,
    smaller: ImageTextModel,
    prompts: Sequence[str],
    cache: Cache,
    progress: Progress,
) -> float:
    """The least cosine; the whole tower is not kept in memory afterwards."""
    before = embed_texts(replace(whole), prompts, cache=cache, progress=progress)
    after = embed_texts(smaller, prompts, cache=cache, progress=progress)
    cosines = np.sum(before.astype(np.float64) * after, axis=1)
    worst = int(np.argmin(cosines))
    if not cosines[worst] >= _SAME:
        raise ModelError(
            f"{whole.id}: with the cut vocabulary, the row of {prompts[worst]!r} is another one"
            f" (cosine {cosines[worst]:.6f}), although its tokens are the same. The text tower"
            " seems to use token ids for more than its table.",
            "Remove [models.vocabulary] of this model.",
        )
    return min(1.0, float(cosines[worst]))


def _size_of(tokenizer: Tokenizer) -> int:
    return len(tokenizer.to_manifest().model_dump_json(by_alias=True).encode())
