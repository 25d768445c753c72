"""Which pieces stay: what is needed, then what is used most."""

from pathlib import Path

import pytest

from builder.errors import ModelError
from builder.manifest import RowLayout
from builder.text.cutting.choose import choose_pieces
from builder.text.cutting.inventory import Inventory, take_inventory
from builder.text.cutting.scripts import find_scripts, goes_with
from builder.text.cutting.share import measure_share
from builder.text.cutting.sources import Source, use_corpus
from builder.text.sentencepiece import SentencePieceTokenizer
from builder.text.wordpiece import WordPieceTokenizer
from tests.fuzz.vocabularies import MINI

LATIN = frozenset({"LATIN"})


@pytest.fixture(scope="module")
def tokenizer() -> SentencePieceTokenizer:
    return SentencePieceTokenizer.load(MINI, RowLayout(max_length=16, end_id=1, pad_id=1))


@pytest.fixture(scope="module")
def inventory(tokenizer: SentencePieceTokenizer) -> Inventory:
    return take_inventory(tokenizer)


def source_of(use: dict[int, float], share: float) -> Source:
    return Source("x", use, use, share, LATIN, ())


def test_a_source_keeps_its_most_used_pieces(inventory: Inventory):
    a, b, c = [i for i in inventory.ranked if i not in inventory.singles][:3]
    for share, expected in ((0.5, {a}), (0.8, {a, b}), (1.0, {a, b, c})):
        use = {a: 5.0, b: 4.0, c: 1.0}
        rows = set(choose_pieces(inventory, [source_of(use, share)], [], LATIN, None).rows)
        assert {a, b, c} & rows == expected


def test_all_characters_of_the_scripts_stay(inventory: Inventory):
    rows = choose_pieces(inventory, [], [], LATIN, 2000).rows
    kept = {inventory.singles[i] for i in rows if i in inventory.singles}
    assert set("abcxyz01,.").issubset(kept)
    assert kept.issuperset(c for c in inventory.singles.values() if goes_with(c, LATIN))


def test_the_pieces_of_prompts_stay_however_few_may(inventory: Inventory):
    last = inventory.ranked[-3:]
    least = len(choose_pieces(inventory, [source_of({}, 1)], last, LATIN, None).rows)
    assert set(last) <= set(choose_pieces(inventory, [], last, LATIN, least).rows)
    with pytest.raises(ModelError, match=rf"pieces = {least - 1:,} is too few: {least:,} are"):
        choose_pieces(inventory, [], last, LATIN, least - 1)


def test_sources_give_up_the_same_part(inventory: Inventory):
    ids = [i for i in inventory.ranked if i not in inventory.singles][:400]
    one, two = (source_of(dict.fromkeys(part, 1.0), 1) for part in (ids[:200], ids[200:]))
    base = len(choose_pieces(inventory, [], [], LATIN, 10_000 - 1).rows)
    assert base <= 9_999
    least = len(choose_pieces(inventory, [source_of({}, 1)], [], LATIN, None).rows)
    rows = set(choose_pieces(inventory, [one, two], [], LATIN, least + 200).rows)
    kept = [len(rows & set(source.use)) for source in (one, two)]
    assert sum(kept) == pytest.approx(200, abs=2)
    assert kept[0] == pytest.approx(kept[1], abs=2)


def test_every_tenth_line_is_held_out(tokenizer: SentencePieceTokenizer, tmp_path: Path):
    path = tmp_path / "texts.txt"
    path.write_text("\n".join(f"line {n}" for n in range(1, 31)), encoding="utf-8")
    source = use_corpus(path, tokenizer)
    assert list(source.held_out) == ["line 10", "line 20", "line 30"]
    (line, *_), *_ = tokenizer.segment(["line 1"])
    assert source.use[line] == 27


def test_the_share_is_that_of_tokens(tokenizer: SentencePieceTokenizer, inventory: Inventory):
    (cat, dog) = (tokenizer.segment([word])[0] for word in ("cat", "dog"))
    assert len(cat) == len(dog) == 1
    kept = inventory.close(inventory.needed | set(cat))
    smaller = tokenizer.keep(kept.rows, kept.merging)
    assert measure_share(tokenizer, smaller, kept, ["cat dog cat cat"]) == 0.75
    assert measure_share(tokenizer, smaller, kept, [""]) == 1


def test_a_tokenizer_that_changes_texts_of_kept_pieces_is_refused(
    tokenizer: SentencePieceTokenizer, inventory: Inventory
):
    ids = tokenizer.segment(["cat dog"])[0]
    kept = inventory.close(inventory.needed | set(ids))
    with pytest.raises(ModelError, match="'cat dog' would get other tokens"):
        measure_share(tokenizer, tokenizer, kept, ["cat dog"])


def test_wordpieces_that_could_make_unknown_words_known_are_not_kept():
    pieces = ["[PAD]", "[UNK]", "[CLS]", *(f"[unused{n}]" for n in range(5))]
    pieces += ["a", "ab", "##b", "##bx", "ax"]
    tokenizer = WordPieceTokenizer(pieces, RowLayout(max_length=8, pad_id=0))
    # Whole, "abx" is unknown: "ab" comes first, and nothing goes on with x. Without "ab", it would
    # be "a" and "##bx".
    inventory = take_inventory(tokenizer)
    assert {inventory.names[i] for i in inventory.ranked} == {"a", "ab", "##b"}
    with pytest.raises(ModelError, match="a prompt needs the piece '##bx'"):
        choose_pieces(inventory, [], [pieces.index("##bx")], LATIN, 13)


def test_a_script_counts_from_a_hundredth_of_the_letters():
    assert find_scripts([("dog" * 100, 1), ("犬", 1)]) == {"LATIN"}
    assert find_scripts([("dog", 1), ("犬", 1), ("123 !", 9)]) == {"LATIN", "CJK"}
    assert find_scripts([("dog", 1), ("犬", 0.001)]) == {"LATIN"}
    assert goes_with("é", LATIN)
    assert goes_with("€", LATIN)
    assert not goes_with("、", LATIN)
    assert goes_with("、", {"CJK"})
    assert not goes_with("ж", LATIN)
