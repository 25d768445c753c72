"""Makes the default text towers: `python -m builder.tuning [--work DIR] [--out DIR]`."""

import argparse
import sys
from pathlib import Path

from builder.errors import BuilderError
from builder.tuning.artifacts import write_artifacts
from builder.tuning.recipe import TOWERS, make_lesson, make_student, make_tokenizer


def main() -> None:
    """Runs the recipe; interrupt it at any time and start it again to go on."""
    parser = argparse.ArgumentParser(prog="python -m builder.tuning", description=main.__doc__)
    parser.add_argument("--work", type=Path, default=Path("build/tuning"), help="for resuming")
    parser.add_argument("--out", type=Path, default=Path("data/models/mini"), help="the model")
    options = parser.parse_args()
    try:
        _tune(options.work, options.out)
    except BuilderError as error:
        sys.exit(f"Error: {error}")
    except KeyboardInterrupt:
        sys.exit("Interrupted; start it again to go on.")


def _tune(work: Path, out: Path) -> None:
    lesson = make_lesson(work, out / "image_lite2.npz", _say)
    students = {name: make_student(work, name, lesson, _say) for name in TOWERS}
    tokenizer = make_tokenizer(work, lesson.texts)
    write_artifacts(out, lesson.projection.image, tokenizer, students)
    _say(f"wrote {out}")


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    main()
