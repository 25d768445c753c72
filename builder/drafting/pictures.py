"""The pictures that a demo begins with: in a folder, of a pattern, or listed in a table."""

import glob
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from builder.csv_rows import read_rows, texts_of
from builder.drafting.names import describe_name
from builder.errors import BuilderError, ImageError, Problem, SpecError
from builder.images.metadata import read_metadata
from builder.input_file import open_input
from builder.parquet import read_parquet_rows

_REMEDY = "Name a folder with pictures, a pattern like 'photos/*.jpg', or a .csv or .parquet."
_LICENSE = re.compile(
    r"\bCC0(?:[ -]1\.0)?\b|\bCC[ -]BY(?:[ -](?:SA|NC|ND))*(?:[ -]\d\.\d)?\b|\bpublic domain\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class DraftImage:
    """A picture for a `demo.toml`; what is not known is empty.

    `drafted` names the keys that nobody has written, such as a description made from the file's
    name. `rights` is what the file says about rights beside a licence.
    """

    file: Path
    id: str = ""
    description: str = ""
    prompts: tuple[str, ...] = ()
    author: str = ""
    license: str = ""
    source: str = ""
    rights: str = ""
    drafted: frozenset[str] = field(default=frozenset())


@dataclass(frozen=True)
class Found:
    """Pictures in order, and files that are none."""

    images: Sequence[DraftImage]
    left_out: Sequence[Path]


def find_pictures(source: str) -> Found:
    """The pictures of a folder and those below, of a pattern, or in the column `file` of a table.

    A table may also have `id`, `description`, `prompt1`, `prompt2` ..., `author`, `license` and
    `source`; what it leaves out comes from the pictures' metadata and names.

    Raises:
        BuilderError: if there is no such place, or no picture in it.
        SpecError: naming every row of a table whose file is not a picture.
    """
    path = Path(source)
    if path.suffix.lower() in (".csv", ".parquet"):
        return Found(_read_table(path), ())
    if path.is_dir():
        files = [file for file in path.rglob("*") if not _is_hidden(file.relative_to(path))]
    elif glob.has_magic(source):
        root = Path(path.anchor)
        files = list(root.glob(str(path.relative_to(root))))
    else:
        raise BuilderError(f"{source}: there is no such folder. {_REMEDY}")
    images: list[DraftImage] = []
    left_out: list[Path] = []
    for file in sorted((file for file in files if file.is_file()), key=_natural):
        try:
            images.append(_complete(DraftImage(file), len(images) + 1))
        except ImageError:
            left_out.append(file)
    if not images:
        raise BuilderError(f"{source}: there is no picture. {_REMEDY}")
    return Found(images, left_out)


def _read_table(path: Path) -> list[DraftImage]:
    rows = list(_parquet_rows(path) if path.suffix.lower() == ".parquet" else _csv_rows(path))
    problems: list[Problem] = []
    images: list[DraftImage] = []
    for where, row in rows:
        said = {key: text.strip() for key, text in row.items()}
        draft = DraftImage(
            path.parent / said["file"],
            said.get("id", ""),
            said.get("description", ""),
            tuple(dict.fromkeys(texts_of(row, "prompt"))),
            said.get("author", ""),
            said.get("license", ""),
            said.get("source", ""),
        )
        try:
            images.append(_complete(draft, len(images) + 1))
        except ImageError as error:
            problems.append(Problem(where, f"{row['file']!r} is {error.message}", error.remedy))
    if problems:
        raise SpecError(problems)
    if not images:
        raise BuilderError(f"{path}: has no rows. {_REMEDY}")
    return images


def _csv_rows(path: Path) -> Iterator[tuple[str, Mapping[str, str]]]:
    for line, row in read_rows(path, ("file",)):
        yield f"{path}:{line}", row


def _parquet_rows(path: Path) -> Iterator[tuple[str, Mapping[str, str]]]:
    with open_input(path, _REMEDY) as file:
        yield from read_parquet_rows(path, file, "file", _REMEDY)


def _complete(draft: DraftImage, number: int) -> DraftImage:
    """The draft with what its file says, and what its name says where that is nothing.

    Raises:
        ImageError: if the file is not a picture.
    """
    known = read_metadata(draft.file)
    license = _LICENSE.search(known.rights)
    description = draft.description or known.description
    drafted: set[str] = set()
    if not description:
        description = describe_name(draft.file.stem) or f"Picture {number}"
        drafted.add("description")
    if not draft.prompts:
        drafted.add("prompts")
    return DraftImage(
        draft.file,
        draft.id or draft.file.stem,
        description,
        draft.prompts or (_as_prompt(description),),
        draft.author or known.author,
        draft.license or (license[0] if license else ""),
        draft.source,
        "" if license else known.rights,
        frozenset(drafted),
    )


def _as_prompt(description: str) -> str:
    """The description without its full stop, and small as captions are."""
    text = description.rstrip(".")
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def _natural(path: Path) -> list[tuple[int, int, str]]:
    """Names with numbers in the order of the numbers: 2 before 10."""
    return [
        (0, int(part), "") if part.isdecimal() else (1, 0, part.casefold())
        for part in re.split(r"(\d+)", path.as_posix())
        if part
    ]


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)
