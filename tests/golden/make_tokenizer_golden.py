"""Trains the small SentencePiece models of the tokenizer goldens and records what they answer.

Run as `python tests/golden/make_tokenizer_golden.py`; it rewrites tokenizer_*.json beside it.
The goldens hold a model in the manifest's form and the ids that sentencepiece itself gives.
"""

import base64
import io
import json
from pathlib import Path
from typing import Any

import sentencepiece
from sentencepiece import sentencepiece_model_pb2

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
    """Writes both goldens."""
    write_golden("bpe", normalization_rule_name="nmt_nfkc_cf", byte_fallback=True, vocab_size=700)
    write_golden("unigram", normalization_rule_name="identity", byte_fallback=False, vocab_size=300)


def write_golden(algorithm: str, **options: Any) -> None:
    """Trains a model and writes it with the ids of `TEXTS`."""
    sentences = [line.format(word) for line in CORPUS for word in WORDS]
    buffer = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(sentences),
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
    cases = [{"text": text, "ids": processor.encode(text)} for text in TEXTS]
    golden = {"model": export_model(buffer.getvalue()), "cases": cases}
    text = json.dumps(golden, ensure_ascii=True, separators=(",", ":")).replace(
        '{"text"', '\n{"text"'
    )
    (HERE / f"tokenizer_{algorithm}.json").write_text(text + "\n")


def export_model(proto: bytes) -> dict[str, Any]:
    """A serialized ModelProto as the manifest's SentencePieceModel."""
    model: Any = sentencepiece_model_pb2.ModelProto()  # pyright: ignore[reportAttributeAccessIssue, reportUnknownVariableType]
    model.ParseFromString(proto)
    normalizer = model.normalizer_spec
    return {
        "algorithm": {1: "unigram", 2: "bpe"}[model.trainer_spec.model_type],
        "pieces": [piece.piece for piece in model.pieces],
        "scores": [piece.score for piece in model.pieces],
        "types": [piece.type for piece in model.pieces],
        "unknownId": [piece.type for piece in model.pieces].index(2),
        "byteFallback": model.trainer_spec.byte_fallback,
        "addDummyPrefix": normalizer.add_dummy_prefix,
        "removeExtraWhitespaces": normalizer.remove_extra_whitespaces,
        "escapeWhitespaces": normalizer.escape_whitespaces,
        "precompiledCharsmap": base64.b64encode(normalizer.precompiled_charsmap).decode(),
    }


if __name__ == "__main__":
    main()
