"""What BERT's normalizer and pre-tokenizer do to every character."""

from collections.abc import Iterator
from functools import cache

from tokenizers import normalizers
from tokenizers.pre_tokenizers import BertPreTokenizer

from builder.text.characters import (
    SEPARATOR,
    Normalize,
    blocks,
    find_changes,
    find_reordered,
    to_spans,
)
from builder.vocabulary import BertCharacters


@cache
def try_all_characters() -> BertCharacters:
    """What becomes of each character; takes seconds."""
    cleaned = find_changes(bert_step(clean_text=True))
    stripped = find_changes(bert_step(strip_accents=True))
    return BertCharacters(
        removed=to_spans(char for char, result in cleaned.items() if not result),
        spaces=to_spans(char for char, result in cleaned.items() if result),
        spaced=to_spans(find_changes(bert_step(handle_chinese_chars=True))),
        normalized=to_spans(find_reordered()),
        stripped=to_spans(char for char, result in stripped.items() if not result),
        lower=find_changes(bert_step(lowercase=True)),
        signs=to_spans(_signs()),
    )


def bert_step(
    *,
    clean_text: bool = False,
    handle_chinese_chars: bool = False,
    strip_accents: bool = False,
    lowercase: bool = False,
) -> Normalize:
    """BERT's normalizer with those of its steps alone."""
    return normalizers.BertNormalizer(
        clean_text=clean_text,
        handle_chinese_chars=handle_chinese_chars,
        strip_accents=strip_accents,
        lowercase=lowercase,
    ).normalize_str


def _signs() -> Iterator[str]:
    """Characters that are words of their own."""
    split = BertPreTokenizer().pre_tokenize_str
    for chars in (*blocks(), [SEPARATOR]):
        text = "".join(f"x{char} " for char in chars)
        for _, (start, end) in split(text):
            if end - start == 1 and start % 3 == 1:
                yield text[start]
