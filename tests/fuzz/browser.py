"""The web app's tokenizers, bundled from their source and run by Node."""

import json
import subprocess
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from builder.manifest import CompressibleRef
from builder.text.tokenizer import Tokenizer
from builder.tfjs.runtime import find_node

WEB = Path(__file__).parents[2] / "webapp_src"


def build(folder: Path) -> Path:
    """Bundle them into a folder; gives the script that Node runs."""
    subprocess.run(
        [*("npx", "vite", "build"), *("--config", "node/tokenize.config.ts"), "--outDir", folder],
        cwd=WEB,
        check=True,
        capture_output=True,
    )
    return folder / "tokenize.mjs"


class BrowserTokenizer:
    """A Python tokenizer's counterpart in the browser."""

    def __init__(self, process: "subprocess.Popen[str]"):
        assert process.stdin
        assert process.stdout
        self._stdin: IO[str] = process.stdin
        self._stdout: IO[str] = process.stdout

    def start(self, tokenizer: Tokenizer) -> None:
        """Load the vocabulary, as it would come from a site."""
        file = CompressibleRef(url="vocabulary.json", sha256="0" * 64, bytes=0)
        ref = tokenizer.to_ref(file).model_dump(by_alias=True)
        vocabulary = tokenizer.to_manifest().model_dump(by_alias=True)
        self._stdin.write(json.dumps({"ref": ref, "vocabulary": vocabulary}) + "\n")

    def rows(self, texts: Sequence[str]) -> list[list[int]]:
        """Token rows without the padding at their ends."""
        return json.loads(self._ask(texts))

    def cut_short(self, texts: Sequence[str]) -> list[bool]:
        """Whether each uses what was cut, where it was started to tell."""
        return json.loads(self._ask(texts))

    def milliseconds(self, texts: Sequence[str]) -> float:
        """How long the texts take, where it was started to measure."""
        return float(self._ask(texts))

    def _ask(self, texts: Sequence[str]) -> str:
        self._stdin.write(json.dumps(texts) + "\n")
        self._stdin.flush()
        return self._stdout.readline()


@contextmanager
def run(
    script: Path, tokenizer: Tokenizer, *, rounds: int = 0, cut: bool = False
) -> Generator[BrowserTokenizer]:
    """Have Node tokenize; with `rounds`, to measure; with `cut`, to tell what was cut."""
    node = find_node()
    assert node
    command = [node, str(script), "cut" if cut else str(rounds)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        browser = BrowserTokenizer(process)
        browser.start(tokenizer)
        yield browser
        assert process.stdin
        process.stdin.close()
