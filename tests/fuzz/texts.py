"""Texts to try tokenizers on: real ones in many scripts, and what is made of them by chance."""

import random
import tomllib
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

SENTENCES = (
    "a photo of a small brown dog asleep on the sofa",
    "The QUICK brown fox, it's said, jumps over 13 lazy dogs; doesn't it?",
    "snow on the mountains behind a frozen lake - 1984, 2001 & 2026!",
    "ein schwarzer Hund läuft über die große Straße",
    "une photo d'un chat gris à la fenêtre, l'été dernier",
    "una bicicleta roja junto al río, ¿verdad?",
    "İstanbul'da ılık bir gün, iki şişe süt",
    "żółta łódka płynie przez źródło",
    "con mèo đang nằm ngủ trên ghế sô pha",
    "красная машина на улице, ёлка и щенок",
    "κόκκινο αυτοκίνητο στον ΔΡΌΜΟ, ο σκύλος μας",
    "犬が公園で走っている。カメラ、ガラス、ﾊﾟﾋﾟﾌﾟ",
    "一只猫坐在沙发上，旁边有两本书。",
    "고양이가 소파에 앉아 있다",
    "سيارة حمراء في الشارع، وَلَدٌ صَغِيرٌ",
    "כלב חום קטן יָשֵׁן עַל הַסַּפָּה",
    "एक लाल कार सड़क पर, क़लम और ज़रूरत",
    "একটি লাল গাড়ি রাস্তায়",
    "ரெண்டு பூனைகள் தூங்குகின்றன",
    "แมวนอนอยู่บนโซฟา น้ำใจ",
    "წითელი მანქანა ქუჩაში, ᲛᲐᲜᲥᲐᲜᲐ",
    "կարմիր մեքենա փողոցում, և ՇՈՒՆ",
    "ቀይ መኪና በመንገድ ላይ።",
    "ខ្មែរ ឡានក្រហម",
    "ᚠᛇᚻ ᛒᛦᚦ ᚠᚱᚩᚠᚢᚱ, ⠓⠑⠇⠇⠕, 𐐔𐐯𐑅𐐨𐑉𐐯𐐻, 𞤀𞤣𞤤𞤢𞤥",
    "🐶 and 🐱 are friends 👩‍🚀👩🏽‍🚀 🏳️‍🌈 🇩🇪🇫🇷 1️⃣ ☕︎ 🥺🫠",
    "ﬁne ＦＵＬＬ ｗｉｄｔｈ ① ㎏ ½ x² H₂O … — “quotes” ‘single’ £€¥₹₿",
    "𝒜 𝓂𝒶𝓉𝒽 𝕊𝕥𝕣𝕚𝕟𝕘 ∑∫√ ≠ ≤ 𝄞",
)

# Spaces, controls, joiners and marks that normalizers treat each in its own way; "▁" and "##" are
# what tokenizers mark pieces with, and pieces of theirs may stand in the text itself.
SPECIALS = (
    *("\t", "\n", "\r\n", "\v", "\f", "\0", "\x1b", "\x7f", "\x85", "\xa0", "\xad", "\u1680"),
    *("\u2003", "\u2028", "\u2029", "\u200b", "\u200c", "\u200d", "\u200e", "\u202e", "\u2060"),
    *("\u3000", "\ufeff", "\ufffd", "\ufffe", "\U0010ffff", "\ue000", "\ufe0f", "\u20e3"),
    *("\u0300", "\u0301", "\u0323", "\u0327", "\u0334", "\u0345", "\u05b4", "\u0e38", "\u302a"),
    *("\u3099", "\u0f71", "\u1dfa", "\u115f", "\u1161", "\u11a8", "\uac00", "\u2126", "\u212b"),
    *("\ud83d", "\udc36", "\ud800\ud800", "ß", "ẞ", "İ", "ſ", "ŉ", "Ω", "ΑΣ", "ΐ", "ﷺ", "豈"),
    *("▁", "▁▁", " ▁", "##", "##s", "[CLS]", "[UNK]", "<s>", "</s>", "<0x41>", "<unk>", "<keep>"),
    *("\U0001d15e", "\U0001d1bc", "\U00011099", "\U000105c9", "\U00016121", "\U0001fae8"),
)


def make_texts(count: int, seed: int, pieces: Sequence[str]) -> list[str]:
    """Texts made of sentences, specials, pieces of a vocabulary and all of Unicode."""
    chance = random.Random(seed)
    return [_make(chance, pieces) for _ in range(count)]


def _make(chance: random.Random, pieces: Sequence[str]) -> str:
    kinds: list[tuple[int, Callable[[], str]]] = [
        (20, lambda: _part_of_sentence(chance)),
        (10, lambda: _from_one_script(chance)),
        (10, lambda: "".join(chance.choices(pieces, k=chance.randint(1, 12)))),
        (8, lambda: "".join(chance.choices(SPECIALS, k=chance.randint(1, 8)))),
        (5, lambda: "".join(chr(chance.randrange(0x110000)) for _ in range(chance.randint(1, 9)))),
        (3, lambda: _repeated(chance, pieces)),
        (4, lambda: " " * chance.randint(1, 4)),
    ]
    weights = [weight for weight, _ in kinds]
    # One text in a hundred is long: whole pages of it.
    parts = chance.randint(100, 300) if chance.random() < 0.01 else chance.randint(0, 6)
    text = "".join(make() for _, make in chance.choices(kinds, weights, k=parts))
    return _disturb(chance, text)


def _part_of_sentence(chance: random.Random) -> str:
    words = chance.choice(real_texts()).split(" ")
    start = chance.randrange(len(words))
    return " ".join(words[start : start + chance.randint(1, 8)])


def _from_one_script(chance: random.Random) -> str:
    # Scripts lie in blocks, so neighbours of a letter are of its script.
    letters = _letters()
    at = chance.randrange(len(letters))
    return "".join(chance.choices(letters[max(0, at - 20) : at + 20], k=chance.randint(1, 10)))


def _repeated(chance: random.Random, pieces: Sequence[str]) -> str:
    part = chance.choice((_from_one_script(chance)[:3], chance.choice(pieces).strip("#▁")))
    return part * chance.randint(2, 60)


def _disturb(chance: random.Random, text: str) -> str:
    match chance.randrange(8):
        case 0:
            return text.upper()
        case 1:
            return text.title()
        case 2:
            return unicodedata.normalize(chance.choice(("NFC", "NFD", "NFKC", "NFKD")), text)
        case 3:
            at = chance.randint(0, len(text))
            return text[:at] + chance.choice(SPECIALS) + text[at:]
        case 4:
            return "".join(chance.sample(text, len(text)))
        case _:
            return text


@cache
def _letters() -> str:
    return "".join(
        char for char in map(chr, range(0x30000)) if unicodedata.category(char)[0] in "LM"
    )


@cache
def real_texts() -> tuple[str, ...]:
    """Sentences in many scripts, and the prompts of the default demo."""
    demo = Path(__file__).parents[2] / "data" / "demo.toml"
    images = tomllib.loads(demo.read_text(encoding="utf-8"))["images"]
    prompts = tuple(prompt for image in images for prompt in image["prompts"])
    return (*SENTENCES, *prompts)
