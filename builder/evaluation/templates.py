"""Sentences that a class name is put into, before a text tower sees it."""

from pathlib import Path

from builder.errors import Problem, SpecError
from builder.input_file import read_input_text

ONE = ("a photo of a {}.",)

CLIP7 = (
    "itap of a {}.",
    "a bad photo of the {}.",
    "a origami {}.",
    "a photo of the large {}.",
    "a {} in a video game.",
    "art of the {}.",
    "a photo of the small {}.",
)
"""The seven of CLIP's 80 templates that, as its authors found, do as well on ImageNet.

Source: "Prompt engineering for ImageNet" in https://github.com/openai/CLIP, which is MIT-licensed;
the 80 in clip80.txt come from the same place.
"""


def load_templates(choice: str) -> tuple[str, ...]:
    """The templates named "one", "clip7" or "clip80", or those in a file, one per line.

    Raises:
        BuilderError: if there is no such file.
        SpecError: if a line does not have exactly one `{}`.
    """
    match choice:
        case "one":
            return ONE
        case "clip7":
            return CLIP7
        case "clip80":
            return _read(Path(__file__).parent / "clip80.txt")
        case _:
            return _read(Path(choice))


def _read(path: Path) -> tuple[str, ...]:
    known = "Templates are one, clip7, clip80, or a text file with one per line."
    lines = read_input_text(path, known).splitlines()
    templates = {number: line for number, line in enumerate(lines, 1) if line.strip()}
    problems = [
        Problem(
            f"{path}:{number}",
            f"'{line}' has {line.count('{}')} places for a class name",
            "Write {} once, as in: a photo of a {}.",
        )
        for number, line in templates.items()
        if line.count("{}") != 1
    ]
    if not templates:
        problems.append(Problem(str(path), "it contains no template", f"For example: {ONE[0]}"))
    if problems:
        raise SpecError(problems)
    return tuple(templates.values())
