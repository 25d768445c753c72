"""Damage to the content of well-formed files: what a checksum or a parser does not catch."""

import io
import json
import random
import zipfile

from builder.text.sentencepiece_model import parse_model
from tests.fuzz.mutations import damage_bytes, damage_text, damage_tree


def damage_encoded_text(data: bytes, chance: random.Random) -> bytes:
    """Damage a text in UTF-8, token by token."""
    return damage_text(data.decode(), chance)


def damage_json(data: bytes, chance: random.Random) -> bytes:
    """Change a value at any depth, and write good JSON."""
    return json.dumps(damage_tree(json.loads(data), chance)).encode()


def damage_npz(data: bytes, chance: random.Random) -> bytes:
    """Damage an array or its name, and pack it well, so that the checksum is right."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        members = {name: file.read(name) for name in file.namelist()}
    name = chance.choice(list(members))
    content = members.pop(name)
    if chance.random() < 0.8:
        # Mostly in the header, which is where harm can be done.
        size = chance.choice((128, 128, len(content)))
        content = damage_bytes(content[:size], chance) + content[size:]
    else:
        name = damage_bytes(name.encode(), chance).decode(errors="replace")
    members[name.replace("\0", "") or "x"] = content
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for key, member in members.items():
            file.writestr(key, member)
    return packed.getvalue()


def damage_model(data: bytes, chance: random.Random) -> bytes:
    """Damage a field of a SentencePiece model, and encode it well."""
    model = parse_model(data)
    piece = chance.choice(model.pieces)
    match chance.randrange(9):
        case 0:
            spec = model.normalizer_spec
            blob = spec.precompiled_charsmap
            size = chance.choice((8, 4000, len(blob)))
            spec.precompiled_charsmap = damage_bytes(blob[:size], chance) + blob[size:]
        case 1:
            piece.piece = chance.choice(
                ("", "\0", "a\0b", "▁", "a" * 9000, model.pieces[9].piece, "\U0010ffff", "<unk>")
            )
        case 2:
            piece.score = chance.choice((float("nan"), float("inf"), -1e38, 3e38, 0.0))
        case 3:
            for changed in chance.sample(list(model.pieces), chance.choice((1, 9, 400))):
                changed.type = chance.choice((1, 2, 3, 4, 5, 6))
        case 4:
            del model.pieces[chance.randrange(len(model.pieces)) :]
        case 5:
            model.trainer_spec.model_type = chance.choice((1, 2, 3, 4))
        case 6:
            number = chance.choice((-1, 0, 10**9, -(2**31), 3))
            field = chance.choice(("unk_id", "eos_id", "pad_id", "bos_id", "vocab_size"))
            setattr(model.trainer_spec, field, number)
        case 7:
            for field in ("add_dummy_prefix", "remove_extra_whitespaces", "escape_whitespaces"):
                setattr(model.normalizer_spec, field, chance.random() < 0.5)
            model.trainer_spec.byte_fallback = chance.random() < 0.5
            model.trainer_spec.treat_whitespace_as_suffix = chance.random() < 0.5
        case _:
            model.trainer_spec.eos_piece = chance.choice(("", "\0", "x", "<unk>"))
            model.denormalizer_spec.precompiled_charsmap = chance.randbytes(chance.randint(0, 99))
    return model.SerializeToString()
