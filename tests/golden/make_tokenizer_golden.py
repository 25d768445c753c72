"""Trains the small vocabularies of the tokenizer goldens and records what they answer.

Run as `python tests/golden/make_tokenizer_golden.py`; it rewrites tokenizer_*.json beside it.
The goldens hold a vocabulary in the manifest's form, and the ids that sentencepiece and Hugging
Face's `tokenizers` give.
"""

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sentencepiece
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

from builder.manifest import RowLayout
from builder.text.sentencepiece import SentencePieceTokenizer
from builder.text.wordpiece import WordPieceTokenizer
from builder.vocabulary import SentencePieceModel, WordPieceModel

HERE = Path(__file__).parent

CORPUS = [
    "a photo of a {} dog",
    "two {} cats asleep on the sofa",
    "the red bicycle leans on a wall",
    "an orange, three apples and a banana in a bowl",
    "a {} horse running through the meadow",
    "snow on the mountains behind a {} lake",
    "children playing football in the park at night",
    "a plate of spaghetti with tomato sauce",
    "the {} train arrives at platform nine",
    "ein schwarzer Hund läuft über die Wiese",
    "une photo d'un chat gris à la fenêtre",
    "una bicicleta roja junto al río",
    "красная машина на улице",
    "κόκκινο αυτοκίνητο στον δρόμο",
    "犬が公園で走っている",
    "一只猫坐在沙发上",
    "고양이가 소파에 앉아 있다",
    "سيارة حمراء في الشارع",
    "एक लाल कार सड़क पर",
    "🐶 and 🐱 are friends",
    "1984, 2001 and 2026",
]
WORDS = ["small", "brown", "young", "white", "wooden", "happy", "frozen", "golden", "old", "quiet"]

TEXTS = [
    "",
    " ",
    "   ",
    "a",
    "a photo of a dog",
    "A PHOTO OF A DOG",
    "  two   cats  ",
    "\ttabs\nand\r\nlines ",
    "trailing space ",
    " leading space",
    "no-break\u00a0space",
    "ideographic\u3000space",
    "▁",
    "▁▁a▁ ▁b",
    "naïve café",
    "nai\u0308ve cafe\u0301",
    "Straße ẞ İstanbul ıI",
    "ﬁne ﬂuﬀy ﬃ",
    "①②③ ½ ² ™ ℃ №",
    "Ⅳ ⅷ ㈱ ㌔ ﷺ",
    "ＦＵＬＬ　ｗｉｄｔｈ！",
    "ｶﾞｷﾞ ハーフ",
    "е\u0301 и\u0306 й",
    "ко́т и пёс",
    "ΆΣ ς σ",
    "犬が走る。猫。",
    "고양이",
    "\u1100\u1161\u11a8",
    "سَيَّارَة حمراء",
    "नमस्ते दुनिया",
    "สวัสดี",
    "שָׁלוֹם",
    "🐶🐱",
    "👩‍👩‍👧‍👦 family",
    "👍🏽 👨🏿‍🚀",
    "🇨🇭🇯🇵",
    "❤️ vs ❤",
    "zero\u200bwidth\u200djoin\u200cers",
    "\u200f\u202eright to left\u202c",
    "\ufeffbom at the start",
    "in\ufeffside",
    "soft\u00adhyphen",
    "\u0000nul\u0000",
    "bell\u0007 esc\u001b del\u007f",
    "\u0085\u2028\u2029",
    "\ue000 private",
    "\ufffd replaced",
    "\ufdd0 \uffff",
    "𝒜𝓁𝓅𝒽𝒶 𝟙𝟚𝟛",
    "𠮷野家",
    "a\u0301\u0301\u0301\u0301",
    "z̸̢̛͍a̵͊l̶go",
    "<0x41> <unk> </s> <pad>",
    "user<keep>defined <keep><keep> <KEEP>",
    'don\'t; "quote" (x) [y] {z} \\ / |',
    "word " * 60,
    "x" * 300,
    "wwwwwwwwwwwwwwwwwwwwwww",
    "a-b_c.d,e:f",
    "£€¥₹ ₿",
    "…‥ – — ― ‐",
    "𝄞 music",
]


def main() -> None:
    """Writes all goldens."""
    write_sentencepiece(
        "bpe", normalization_rule_name="nmt_nfkc_cf", byte_fallback=True, vocab_size=700
    )
    write_sentencepiece(
        "unigram", normalization_rule_name="identity", byte_fallback=False, vocab_size=300
    )
    write_wordpiece()


def write_sentencepiece(algorithm: str, **options: Any) -> None:
    """Trains a SentencePiece model."""
    buffer = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(sentences()),
        model_writer=buffer,
        model_type=algorithm,
        user_defined_symbols=["<keep>"],
        pad_id=3,
        hard_vocab_limit=False,
        num_threads=1,
        minloglevel=2,
        **options,
    )
    processor = sentencepiece.SentencePieceProcessor(model_proto=buffer.getvalue())
    tokenizer = SentencePieceTokenizer(
        buffer.getvalue(), RowLayout(max_length=2, end_id=2, pad_id=3)
    )
    write_golden(algorithm, tokenizer.to_manifest(), processor.encode(TEXTS))


def write_wordpiece() -> None:
    """Trains a WordPiece vocabulary as BERT's."""
    trained = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    trained.normalizer = normalizers.BertNormalizer()
    trained.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]"]
    trainer = trainers.WordPieceTrainer(vocab_size=600, special_tokens=special, show_progress=False)
    trained.train_from_iterator(sentences(), trainer)
    ids = trained.get_vocab()
    tokenizer = WordPieceTokenizer(
        sorted(ids, key=ids.__getitem__), RowLayout(max_length=400, pad_id=0)
    )
    rows = [[token for token in row.tolist()[1:] if token] for row in tokenizer(TEXTS)]
    write_golden("wordpiece", tokenizer.to_manifest(), rows)


def sentences() -> list[str]:
    """What vocabularies are trained on."""
    return [line.format(word) for line in CORPUS for word in WORDS]


def write_golden(
    name: str, vocabulary: SentencePieceModel | WordPieceModel, answers: Sequence[list[int]]
) -> None:
    """Writes a vocabulary with the ids of `TEXTS`."""
    golden = {
        "model": vocabulary.model_dump(by_alias=True),
        "cases": [{"text": text, "ids": ids} for text, ids in zip(TEXTS, answers, strict=True)],
    }
    text = json.dumps(golden, ensure_ascii=True, separators=(",", ":")).replace(
        '{"text"', '\n{"text"'
    )
    (HERE / f"tokenizer_{name}.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
