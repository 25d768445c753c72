"""The texts that a vocabulary is cut to: how much they use each piece, and what is held out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from builder.errors import BuilderError
from builder.input_file import read_input_text
from builder.text.cutting.languages import Language, read_language
from builder.text.cutting.scripts import find_scripts
from builder.text.tokenizer import CuttableTokenizer

SHARE = 0.9902
"""Of a language's tokens, those that stay: a little more than is promised."""

_HELD_OUT_EVERY = 10
_TEXTS_WITHOUT_SPACES = 60_000
_REMEDY = "Name a text file, with a text in each line."


@dataclass(frozen=True)
class Source:
    """Texts of one kind, and how often each piece stands in them.

    The pieces of most `use` stay, as many as are a part `share` of what is `tried`. `held_out` are
    texts to measure on, which count for neither.
    """

    name: str
    use: Mapping[int, float]
    tried: Mapping[int, float]
    share: float
    scripts: frozenset[str]
    held_out: Sequence[str]


def use_language(code: str, tokenizer: CuttableTokenizer) -> Source:
    """The words of a language.

    Raises:
        BuilderError: if they are not known.
    """
    language = read_language(code)
    if language.has_spaces:
        use = _count_words(language, tokenizer)
    else:  # pieces reach from one word into the next
        use = _count(language.write(_TEXTS_WITHOUT_SPACES, seed=2), tokenizer)
    return Source(
        name=code,
        use=use,
        tried=_count(language.write(seed=1), tokenizer),
        share=SHARE,
        scripts=find_scripts(language.words.items()),
        held_out=language.write(),
    )


def use_corpus(path: Path, tokenizer: CuttableTokenizer) -> Source:
    """The lines of a file, every tenth of which is held out.

    Raises:
        BuilderError: if it cannot be read, or has too few lines.
    """
    lines = list(dict.fromkeys(filter(str.strip, read_input_text(path, _REMEDY).splitlines())))
    if len(lines) < _HELD_OUT_EVERY:
        raise BuilderError(
            f"{path}: has {len(lines)} different lines; at least {_HELD_OUT_EVERY} are needed,"
            f" since every {_HELD_OUT_EVERY}th is held out.",
            _REMEDY,
        )
    held_out = lines[_HELD_OUT_EVERY - 1 :: _HELD_OUT_EVERY]
    chosen = [line for i, line in enumerate(lines, 1) if i % _HELD_OUT_EVERY]
    use = _count(chosen, tokenizer)
    return Source(path.name, use, use, 1.0, find_scripts((line, 1) for line in lines), held_out)


def _count(texts: Sequence[str], tokenizer: CuttableTokenizer) -> Mapping[int, float]:
    return Counter(index for ids in tokenizer.segment(texts) for index in ids)


def _count_words(language: Language, tokenizer: CuttableTokenizer) -> Mapping[int, float]:
    before: dict[str, Counter[int]] = {}
    contexts = list(language.contexts())
    texts = dict.fromkeys(start + word for start, word, _ in contexts)
    ids = dict(zip(texts, tokenizer.segment(list(texts)), strict=True))
    use: dict[int, float] = {}
    for start, word, share in contexts:
        if start not in before:
            before[start] = Counter(tokenizer.segment([start])[0])
        for index, count in (Counter(ids[start + word]) - before[start]).items():
            use[index] = use.get(index, 0.0) + count * share
    return use
