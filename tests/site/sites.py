"""A small site of made-up files, and what a folder holds."""

from collections.abc import Mapping
from pathlib import Path

from builder.manifest import (
    CompressibleRef,
    Credit,
    Generator,
    GraphModelRef,
    Image,
    MatrixRef,
    Model,
    PictureRef,
    Prompt,
    SentencePieceRef,
    SiteManifest,
    SoftmaxScoring,
)
from builder.replacement import Kept
from builder.site.bundle import to_json
from builder.site.files import refer
from builder.site.folder import write_site
from builder.version import NAME
from tests.conftest import gradient, jpeg_bytes

PICTURE = jpeg_bytes(gradient(16, 16), optimize=True)

FILES = {
    url: url.encode()
    for url in (
        "index.html",
        "a.js",
        "i.jpg",
        "t.jpg",
        "z.bin",
        "p.bin",
        "v.json",
        "m.json",
        "w.bin",
    )
}


def small_manifest(files: Mapping[str, bytes] = FILES) -> SiteManifest:
    """The manifest of a site of one picture and one model, whose files hold their own names."""
    ref = {url: refer(url, data) for url, data in files.items()}

    def picture(url: str) -> PictureRef:
        return PictureRef(**ref[url].model_dump(), width=224, height=224)

    def stored(url: str) -> CompressibleRef:
        return CompressibleRef(**ref[url].model_dump())

    def matrix(url: str, row: str) -> MatrixRef:
        return MatrixRef(
            **ref[url].model_dump(), dtype="float16", shape=(1, 3), scale=1.0, rows=(row,)
        )

    return SiteManifest(
        generator=Generator(name=NAME, version="0"),
        title="A title",
        description="A description",
        language="en",
        links=(),
        models=(
            Model(
                id="m",
                name="M",
                description="",
                image_tower="",
                text_tower="",
                license="CC0-1.0",
                source=None,
                dim=3,
                scoring=SoftmaxScoring(scale=1.0),
                tokenizer=SentencePieceRef(
                    file=stored("v.json"), max_length=16, end_id=1, pad_id=1
                ),
                encoder=GraphModelRef(
                    model=stored("m.json"), weights=(stored("w.bin"),), input="x", output="y"
                ),
                image_embeddings=matrix("z.bin", "i"),
                prompt_embeddings=matrix("p.bin", "p"),
                goldens=(),
            ),
        ),
        images=(
            Image(
                id="i",
                description="",
                prompts=(Prompt(id="p", text="a"),),
                photo=picture("i.jpg"),
                display=(),
                thumbnail=picture("t.jpg"),
                credit=Credit(author=None, license=None, source=None),
            ),
        ),
        files=(ref["index.html"], ref["a.js"]),
    )


def write_small_site(out: Path, picture: bytes | None = None) -> Kept:
    """Write that site into a folder, perhaps with a real picture; returns what else was there."""
    files = FILES if picture is None else {**FILES, "i.jpg": picture, "t.jpg": picture}
    return write_site({**files, "manifest.json": to_json(small_manifest(files))}, out)


def content(folder: Path) -> dict[str, bytes]:
    """All files of a folder by name."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
