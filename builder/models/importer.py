"""The data of an original LiT demo as a project: `demo.toml`, `images/` and `models/`.

`builder.models.precomputed` describes `models/` in such a folder. Beside it is `images/` with
`info.json` (id, description, prompts separated by commas, source and licence of each picture) and a
file `ID.jpg` for each picture.
"""

import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from builder.errors import BuilderError, Problem, SpecError, writing
from builder.input_file import find_fault, read_input
from builder.models.precomputed.model import (
    PrecomputedModel,
    image_id,
    load_precomputed,
    read_definition,
)
from builder.spec.models import ModelSpec
from builder.spec.toml import quote

_ROW_FILES = ("def.json", "zimgs.bin", "zimgs.txt", "ztxts.bin", "ztxts.txt")
_TOWERS = re.compile(r"(\S+) image, (\S+) text\b")


class _Info(BaseModel):
    """An entry of `info.json`."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)

    id: Annotated[str, Field(pattern=r"^[^/\\\\]+$")]
    description: str = ""
    prompts: str
    source: str = ""
    license: str = ""


@dataclass(frozen=True)
class _Image:
    """A picture of the new project, with the prompts that every model can answer."""

    info: _Info
    id: str
    prompts: tuple[str, ...]


@dataclass(frozen=True)
class ImportedDemo:
    """What was imported; `notes` says what was not, and what the author should look at."""

    spec: Path
    images: int
    models: tuple[str, ...]
    notes: tuple[str, ...]


def import_demo(source: Path, out: Path) -> ImportedDemo:
    """Write a project that can be built, into the new folder `out`.

    `source` is the folder of an original demo, or its `data/`. A picture or prompt is left out,
    with a note, if a model has no row for it and cannot compute one.

    Raises:
        BuilderError: if `out` is not empty or cannot be written, or a file of `source` is missing
            or wrong.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise BuilderError(f"{out}: already exists. Name another folder with -o.")
    data = source / "data" if (source / "data").is_dir() else source
    infos = _read_infos(data / "images" / "info.json")
    models = _load_models(data / "models")
    notes = [f"{model.id}: {problem}" for model in models for problem in model.problems]
    images = list(_choose_images(infos, models, notes))
    if not images:
        raise BuilderError(
            f"{data}: no picture has a row and a prompt that every model can answer."
        )
    if unlicensed := sum(not image.info.license for image in images):
        notes.append(f"{unlicensed} of {len(images)} pictures do not state a licence.")
    with writing(out, "Name another folder with -o."):
        _write_project(data / "images", images, models, out)
    return ImportedDemo(
        out / "demo.toml", len(images), tuple(model.id for model in models), tuple(notes)
    )


def _read_infos(path: Path) -> list[_Info]:
    data = read_input(
        path,
        "The folder of an original LiT demo holds images/info.json and models/, or data/ with"
        " both.",
    )
    try:
        infos = TypeAdapter(list[_Info]).validate_json(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise BuilderError(f"{path}: {place}: {first['msg']}.") from None
    ids = [image_id(info.id) for info in infos]
    problems = [
        Problem(str(path), f"the id {info.id!r} is too similar to another", "Change one.")
        for place, info in enumerate(infos)
        if ids.index(image_id(info.id)) < place
    ]
    problems += [
        Problem(str(picture), fault, f"Add it, or remove it from {path.name}.")
        for info in infos
        if (fault := find_fault(picture := path.parent / f"{info.id}.jpg"))
    ]
    if problems:
        raise SpecError(problems)
    return infos


def _load_models(folder: Path) -> list[PrecomputedModel]:
    """All models, the one with the smallest download first: the page opens with that one."""
    definitions = sorted(folder.glob("*/def.json"))
    if not definitions:
        raise BuilderError(f"{folder}: holds no model. A model is a folder with a def.json.")
    models = [load_precomputed(ModelSpec(precomputed=path.parent)) for path in definitions]
    return sorted(models, key=_encoder_bytes)


def _encoder_bytes(model: PrecomputedModel) -> int:
    return sum(map(len, model.encoder.files.values())) if model.encoder else 0


def _choose_images(
    infos: Iterable[_Info], models: Sequence[PrecomputedModel], notes: list[str]
) -> Iterator[_Image]:
    for info in infos:
        key = image_id(info.id)
        if lacking := [model.id for model in models if model.images.missing([key])]:
            notes.append(f"{info.id}.jpg: left out; {', '.join(lacking)} has no row for it.")
            continue
        prompts = tuple(dict.fromkeys(filter(None, map(str.strip, info.prompts.split(",")))))
        known = tuple(p for p in prompts if all(_can_answer(model, p) for model in models))
        notes += [
            f"{info.id}.jpg: the prompt {prompt!r} was left out; not every model has a row for it."
            for prompt in prompts
            if prompt not in known
        ]
        if known:
            yield _Image(info, key, known)
        else:
            notes.append(f"{info.id}.jpg: left out, because no prompt remains.")


def _can_answer(model: PrecomputedModel, prompt: str) -> bool:
    return model.encoder is not None or not model.prompts.missing([prompt])


def _write_project(
    pictures: Path, images: Sequence[_Image], models: Sequence[PrecomputedModel], out: Path
) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as scratch:
        fresh = Path(scratch, "project")
        _copy_files(pictures, images, models, fresh)
        (fresh / "demo.toml").write_text(_write_spec(images, models), encoding="utf-8")
        if out.exists():
            out.rmdir()
        fresh.rename(out)


def _copy_files(
    pictures: Path, images: Iterable[_Image], models: Iterable[PrecomputedModel], out: Path
) -> None:
    (out / "images").mkdir(parents=True)
    for image in images:
        shutil.copyfile(pictures / f"{image.info.id}.jpg", out / "images" / f"{image.id}.jpg")
    for model in models:
        folder = out / "models" / model.folder.name
        folder.mkdir(parents=True)
        for name in _ROW_FILES:
            shutil.copyfile(model.folder / name, folder / name)
        if (model.folder / "vocabulary.json").is_file():
            shutil.copyfile(model.folder / "vocabulary.json", folder / "vocabulary.json")
        if model.encoder:
            (folder / "tfjs").mkdir()
            for name, content in model.encoder.files.items():
                (folder / "tfjs" / name).write_bytes(content)


def _write_spec(images: Iterable[_Image], models: Iterable[PrecomputedModel]) -> str:
    lines = [
        'title = "LiT demo"',
        'description = "Which sentence fits the picture? An image/text model decides."',
    ]
    for model in models:
        lines += ["", "[[models]]", f"precomputed = {quote(f'models/{model.folder.name}')}"]
        lines += ["", "[models.card]", f"name = {quote(model.card.name)}"]
        lines += [f"description = {quote(model.card.description)}"]
        if towers := _TOWERS.search(read_definition(model.folder).description):
            lines += [f"image_tower = {quote(towers[1])}", f"text_tower = {quote(towers[2])}"]
    for image in images:
        info = image.info
        lines += ["", "[[images]]", f"file = {quote(f'images/{image.id}.jpg')}"]
        lines += [f"description = {quote(info.description or f'Picture {info.id}')}"]
        lines += ["prompts = [", *(f"  {quote(prompt)}," for prompt in image.prompts), "]"]
        if info.license:
            lines += [f"license = {quote(info.license)}"]
        if re.fullmatch(r"https?://\S+", info.source):
            lines += [f"source = {quote(info.source)}"]
    return "\n".join([*lines, ""])
