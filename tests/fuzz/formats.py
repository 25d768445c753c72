"""Every format of files that this program reads: how a good one is made, damaged and read."""

import gzip
import io
import random
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageFont

from builder.errors import BuilderError
from builder.evaluation.data import load_labelled_images
from builder.evaluation.templates import load_templates
from builder.images.open import open_picture
from builder.models.importer import import_demo
from builder.models.load import load_model
from builder.models.precomputed.model import load_precomputed
from builder.models.text_tower import replace_text_tower
from builder.params import read_params
from builder.site.check import check_site
from builder.site.lettering import read_typeface, wrap
from builder.spec.demo import load_any_spec, load_spec
from builder.spec.models import ModelSpec
from builder.text.hub import read_hub_tokenizer
from builder.text.load import load_tokenizer
from builder.towers.checkpoint import Checkpoint, checkpoint_fingerprint
from builder.towers.checkpoint_layouts import plan_parts, read_parts, read_scoring
from builder.tuning.shards import Shard
from tests.conftest import DEMO, gradient
from tests.fuzz.damage import damage_encoded_text, damage_json, damage_model, damage_npz
from tests.fuzz.mutations import damage_bytes
from tests.fuzz.vocabularies import sentencepiece_bpe, sentencepiece_unigram_bytes, wordpiece
from tests.models.original_demo import write_original_demo
from tests.site.sites import write_small_site
from tests.text.hub.folders import write_bert, write_bpe, write_json
from tests.text.test_sentencepiece import TEXTS
from tests.tuning.test_pairs import web_dataset
from tests.tuning.towers import load_small, write_random_tower

Damage = Callable[[bytes, random.Random], bytes]


@dataclass(frozen=True)
class Format:
    """A format: `prepare` writes good files into an empty folder, `files` are those to damage.

    `read` reads the folder, and raises a BuilderError if it cannot.
    """

    prepare: Callable[[Path], None]
    files: tuple[str, ...]
    read: Callable[[Path], object]
    damage: tuple[Damage, ...] = (damage_bytes,)


class Folder:
    """A folder with good files of a format, one of which is damaged at a time."""

    def __init__(self, folder: Path, form: Format):
        form.prepare(folder)
        form.read(folder)
        self._folder = folder
        self._form = form
        self._good = {name: (folder / name).read_bytes() for name in form.files}

    def try_seed(self, seed: int) -> str | None:
        """Read what is damaged by that seed; the refusal, or None if it was accepted.

        Anything but a BuilderError is a fault, and is raised.
        """
        chance = random.Random(seed)
        name = chance.choice(self._form.files)
        path = self._folder / name
        path.write_bytes(chance.choice(self._form.damage)(self._good[name], chance))
        try:
            self._form.read(self._folder)
        except BuilderError as error:
            return str(error)
        else:
            return None
        finally:
            path.write_bytes(self._good[name])


def _tokenize(folder: Path, name: str) -> None:
    tokenizer = load_tokenizer(folder / name, max_length=32)
    rows = tokenizer([*TEXTS[:5], "", "ﬁ ① ㎏ é\u0301 🐶 ☃ \0 ▁ <s>", "x" * 300])
    pieces = tokenizer.to_manifest().pieces
    assert rows.min() >= 0
    assert rows.max() < len(pieces)


def _vocabulary(make: Callable[[], Any]) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / "v.model").write_bytes(make().model)

    return write


def _write_wordpiece(folder: Path) -> None:
    pieces: Any = wordpiece().to_manifest().pieces
    (folder / "v.txt").write_text("\n".join(pieces), encoding="utf-8")


def _write_hub_bpe(folder: Path) -> None:
    normalizer = {"type": "Replace", "pattern": {"Regex": "[ab]+c|\\s"}, "content": "a"}
    write_bpe(folder, {"model_max_length": 9, "pad_token": "<pad>"}, normalizer=normalizer)


def _write_hub_bert(folder: Path) -> None:
    write_bert(folder)


def _write_open_clip(folder: Path) -> None:
    text = {"context_length": 6, "tokenizer_kwargs": {"clean": "canonicalize"}}
    write_json(folder / "open_clip_config.json", {"model_cfg": {"text_cfg": text}})
    (folder / "bpe_simple_vocab_16e6.txt.gz").write_bytes(gzip.compress(b"head\na b</w>\n"))


def _read_hub_tokenizer(folder: Path) -> None:
    is_open_clip = (folder / "open_clip_config.json").exists()
    library = "open_clip" if is_open_clip else "transformers"
    tokenizer = read_hub_tokenizer(folder, 32, library=library)
    rows = tokenizer([*TEXTS[:5], "", "ab abc", "x" * 300])
    assert rows.min() >= 0
    assert tokenizer.to_manifest().pieces


def _write_params(folder: Path) -> None:
    rng = np.random.default_rng(0)
    arrays: dict[str, Any] = {
        "a/kernel": rng.normal(size=(3, 4)).astype(np.float32),
        "a/bias": np.zeros(4, np.float16),
        "b": np.arange(6, dtype=">i4").reshape(2, 3, order="F"),
        "t": np.array([1.0]),
    }
    np.savez(folder / "p.npz", **arrays)


def _write_checkpoint(folder: Path) -> None:
    rng = np.random.default_rng(0)
    blocks = "img/Transformer/encoderblock"
    arrays: dict[str, Any] = {
        "params/img/pos_embedding": rng.normal(size=(1, 5, 4)),
        f"params/{blocks}/MlpBlock_0/kernel": rng.normal(size=(2, 4, 4)).astype(np.float16),
        "params/txt/Encoder_0/pos_embedding": rng.normal(size=(1, 4, 4)),
        "params/txt/pos_embedding": rng.normal(size=(1, 4, 4)),
        "params/t": np.array([2.0]),
        "params/b": np.array([-1.0]),
        "opt/step": np.array(7),
    }
    np.savez_compressed(folder / "c.npz", **arrays)


def _read_checkpoint(folder: Path) -> None:
    path = folder / "c.npz"
    checkpoint_fingerprint(path)
    with Checkpoint(path) as file:
        parts = plan_parts(file.entries)
        read_scoring(file, parts)
        read_parts(file, parts)


def _write_demo(folder: Path) -> None:
    write_original_demo(folder, "plain")


_MODEL = "data/models/nano"


def _read_model(folder: Path) -> None:
    model = load_precomputed(ModelSpec(precomputed=folder / _MODEL))
    if model.problems:  # An encoder that cannot be used leaves the rows, and a note.
        raise BuilderError(model.problems[0])


def _import(folder: Path) -> None:
    out = folder / "imported"
    try:
        load_any_spec(import_demo(folder, out).spec)
    finally:
        shutil.rmtree(out, ignore_errors=True)


FUNCTION = """\
template = "function"
title = "t"
description = "d"
max_bytes = 1000

[[functions]]
function = "sums:total"
params = "p.npz"
min_cosine = 0.9

[[functions.inputs]]
name = "x"
shape = "(b, 2)"
range = [0, 1]
labels = ["one", "two"]
"""


def _write_function(folder: Path) -> None:
    _write_params(folder)
    (folder / "demo.toml").write_text(FUNCTION, encoding="utf-8")


def _write_spec(folder: Path) -> None:
    (folder / "images").mkdir()
    for name in ("red", "blue"):
        gradient(30, 26).save(folder / "images" / f"{name}.png")
    (folder / "demo.toml").write_text(DEMO, encoding="utf-8")


def _read_spec(folder: Path) -> None:
    load_any_spec(folder / "demo.toml")


def _write_site(folder: Path) -> None:
    write_small_site(folder)


def _write_csv(folder: Path) -> None:
    for name in ("a", "b"):
        (folder / f"{name}.png").touch()
    (folder / "test.csv").write_text('file,class\na.png,red\nb.png,"blue, dark"\n')


def _write_templates(folder: Path) -> None:
    (folder / "t.txt").write_text("a photo of a {}.\nart of the {}.\n")


def _write_picture(kind: str, **options: Any) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        gradient(33, 21).save(folder / "picture", kind, **options)

    return write


def _write_animation(folder: Path) -> None:
    frames = [gradient(20, 20, seed).convert("P") for seed in range(3)]
    frames[0].save(folder / "picture", "GIF", save_all=True, append_images=frames[1:])


def _write_exif(folder: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    gradient(33, 21).save(folder / "picture", "JPEG", exif=exif, progressive=True)


def _open_picture(folder: Path) -> None:
    open_picture(folder / "picture")


def _picture(write: Callable[[Path], None]) -> Format:
    return Format(write, ("picture",), _open_picture)


def _write_tower(folder: Path) -> None:
    write_random_tower(folder / "tower", load_small(folder))


def _write_shard(folder: Path) -> None:
    (folder / "a.tar").write_bytes(web_dataset())


def _read_tower(folder: Path) -> None:
    model = load_model(load_spec(folder / "demo.toml").models[0])
    _ = replace_text_tower(model, folder / "tower").text_tower


_TEXT = (damage_bytes, damage_encoded_text)
_JSON = (damage_bytes, damage_encoded_text, damage_json, damage_json)
_ROWS = tuple(f"{_MODEL}/{name}" for name in ("zimgs.bin", "ztxts.bin", "zimgs.txt", "ztxts.txt"))
_SHARDS = tuple(f"{_MODEL}/tfjs/group1-shard{place}of2.bin" for place in (1, 2))


def _write_font(folder: Path) -> None:
    """Pillow's own."""
    font = ImageFont.load_default(20)
    assert isinstance(font, ImageFont.FreeTypeFont)
    assert isinstance(font.path, io.BytesIO)
    (folder / "font.ttf").write_bytes(font.path.getvalue())


def _read_font(folder: Path) -> object:
    typeface = read_typeface(folder / "font.ttf")
    return typeface.has(["A sentence"]) and wrap("A sentence", typeface.at(30), 100, 2)


FORMATS: Mapping[str, Format] = {
    "params": Format(
        _write_params,
        ("p.npz",),
        lambda folder: read_params(folder / "p.npz"),
        (damage_bytes, damage_npz),
    ),
    "checkpoint": Format(
        _write_checkpoint, ("c.npz",), _read_checkpoint, (damage_bytes, damage_npz)
    ),
    "sentencepiece-bpe": Format(
        _vocabulary(sentencepiece_bpe),
        ("v.model",),
        lambda folder: _tokenize(folder, "v.model"),
        (damage_bytes, damage_model, damage_model),
    ),
    "sentencepiece-unigram": Format(
        _vocabulary(sentencepiece_unigram_bytes),
        ("v.model",),
        lambda folder: _tokenize(folder, "v.model"),
        (damage_bytes, damage_model, damage_model),
    ),
    "wordpiece": Format(
        _write_wordpiece,
        ("v.txt",),
        lambda folder: _tokenize(folder, "v.txt"),
        _TEXT,
    ),
    "tokenizer.json": Format(
        _write_hub_bpe,
        ("tokenizer.json", "tokenizer_config.json"),
        _read_hub_tokenizer,
        _JSON,
    ),
    "vocab.txt": Format(
        _write_hub_bert, ("vocab.txt", "tokenizer_config.json"), _read_hub_tokenizer, _TEXT
    ),
    "open_clip_config.json": Format(
        _write_open_clip,
        ("open_clip_config.json", "bpe_simple_vocab_16e6.txt.gz"),
        _read_hub_tokenizer,
        (damage_bytes,),
    ),
    "def.json": Format(_write_demo, (f"{_MODEL}/def.json",), _read_model, _JSON),
    "vocabulary.json": Format(_write_demo, (f"{_MODEL}/vocabulary.json",), _read_model, _JSON),
    "model.json": Format(_write_demo, (f"{_MODEL}/tfjs/model.json",), _read_model, _JSON),
    "rows": Format(_write_demo, (*_ROWS, *_SHARDS), _read_model),
    "info.json": Format(_write_demo, ("data/images/info.json",), _import, _JSON),
    "manifest.json": Format(
        _write_site,
        ("manifest.json",),
        check_site,
        _JSON,
    ),
    "demo.toml": Format(_write_spec, ("demo.toml",), _read_spec, _TEXT),
    "functions": Format(_write_function, ("demo.toml",), _read_spec, _TEXT),
    "csv": Format(
        _write_csv,
        ("test.csv",),
        lambda folder: load_labelled_images(folder / "test.csv"),
        _TEXT,
    ),
    "templates": Format(
        _write_templates,
        ("t.txt",),
        lambda folder: load_templates(str(folder / "t.txt")),
        _TEXT,
    ),
    "text tower": Format(_write_tower, ("tower/config.json",), _read_tower, _JSON),
    "shard": Format(
        _write_shard,
        ("a.tar",),
        lambda folder: Shard(str(folder / "a.tar"), "").read(),
    ),
    "font": Format(_write_font, ("font.ttf",), _read_font),
    "jpeg": _picture(_write_exif),
    "png": _picture(_write_picture("PNG", icc_profile=None)),
    "gif": _picture(_write_animation),
    "webp": _picture(_write_picture("WEBP")),
    "avif": _picture(_write_picture("AVIF")),
    "tiff": _picture(_write_picture("TIFF", compression="tiff_lzw")),
    "bmp": _picture(_write_picture("BMP")),
    "jpeg2000": _picture(_write_picture("JPEG2000")),
    "ppm": _picture(_write_picture("PPM")),
}
