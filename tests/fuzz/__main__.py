"""`python -m tests.fuzz [COUNT [SEED]]`: every vocabulary on so many texts, and its speed."""

import sys
import tempfile
import time
from pathlib import Path

from tests.fuzz.browser import build, run
from tests.fuzz.compare import differences
from tests.fuzz.texts import make_texts, real_texts
from tests.fuzz.vocabularies import OFFICIAL, VOCABULARIES

_SHOWN = 20
_ROUNDS = 15


def main(count: int = 100_000, seed: int = 0) -> int:
    """Print a line for each vocabulary, and what differs; gives the exit code."""
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        script = build(Path(folder))
        for name, make in VOCABULARIES.items():
            if name == "official" and not OFFICIAL.is_file():
                print(f"{name}: skipped, {OFFICIAL} is not here")
                continue
            tokenizer = make()
            texts = make_texts(count, seed, tokenizer.to_manifest().pieces)
            started = time.perf_counter()
            with run(script, tokenizer) as browser:
                found = list(differences(tokenizer, browser, texts))
            seconds = time.perf_counter() - started
            prompts = [real_texts()[i % len(real_texts())] for i in range(1000)]
            with run(script, tokenizer, rounds=_ROUNDS) as browser:
                milliseconds = browser.milliseconds(prompts)
            print(
                f"{name}: {len(found)} of {count:,} texts differ (seed {seed}, {seconds:.0f} s);"
                f" 1,000 prompts take {milliseconds:.0f} ms"
            )
            for difference in found[:_SHOWN]:
                print(f"  {difference}")
            failed += len(found)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
