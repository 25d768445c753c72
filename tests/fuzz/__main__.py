"""`python -m tests.fuzz [COUNT [SEED]]`: tokens of every vocabulary, damaged files, mistaken specs.

COUNT texts go through each vocabulary, whole and cut, in Python and in the browser; a twentieth as
many damaged files of each format are read, and as many specs.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.fuzz.browser import build, run
from tests.fuzz.compare import differences
from tests.fuzz.cutting import cut_by_chance, find_changed, tell_cut_short
from tests.fuzz.formats import FORMATS
from tests.fuzz.run_formats import try_format
from tests.fuzz.texts import make_texts, real_texts
from tests.fuzz.vocabularies import OFFICIAL, VOCABULARIES

_SHOWN = 20
_ROUNDS = 15
_TEXTS_PER_FILE = 20
_TEXTS_KEPT = 100
_BATCH = 250


def main(count: int = 100_000, seed: int = 0) -> int:
    """Print a line for each vocabulary and format, and what is wrong; gives the exit code."""
    files = count // _TEXTS_PER_FILE
    failed = (
        compare_tokens(count, seed)
        + compare_cut(count, seed)
        + read_damaged(files, seed)
        + mutate_specs(files)
    )
    return 1 if failed else 0


def compare_tokens(count: int, seed: int) -> int:
    """Have each vocabulary tokenize so many texts here and in the browser; how many differ."""
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        script = build(Path(folder))
        for name, make in VOCABULARIES.items():
            if name == "official" and not OFFICIAL.is_file():
                print(f"{name}: skipped, {OFFICIAL} is not here")
                continue
            tokenizer = make()
            texts = make_texts(count, seed, list(filter(None, tokenizer.to_manifest().pieces)))
            started = time.perf_counter()
            with run(script, tokenizer) as browser:
                found = list(differences(tokenizer, browser, texts))
            seconds = time.perf_counter() - started
            prompts = [real_texts()[i % len(real_texts())] for i in range(1000)]
            with run(script, tokenizer, rounds=_ROUNDS) as browser:
                milliseconds = browser.milliseconds(prompts)
            print(
                f"{name}: {len(found)} of {count:,} texts differ (seed {seed}, {seconds:.0f} s);"
                f" 1,000 prompts take {milliseconds:.0f} ms",
                flush=True,
            )
            for difference in found[:_SHOWN]:
                print(f"  {difference}")
            failed += len(found)
    return failed


def compare_cut(count: int, seed: int) -> int:
    """The same for vocabularies cut by chance, here and before the cut; how many texts differ."""
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        script = build(Path(folder))
        for name, make in VOCABULARIES.items():
            if name == "official" and not OFFICIAL.is_file():
                continue
            tokenizer = make()
            pieces = list(filter(None, tokenizer.to_manifest().pieces))
            cut = cut_by_chance(tokenizer, make_texts(_TEXTS_KEPT, seed + 1, pieces), seed)
            texts = make_texts(count, seed, pieces)
            changed, kept = find_changed(cut, texts)
            with run(script, cut.tokenizer) as browser:
                changed += map(str, differences(cut.tokenizer, browser, texts))
            with run(script, cut.tokenizer, cut=True) as browser:
                told = [
                    short
                    for start in range(0, count, _BATCH)
                    for short in browser.cut_short(texts[start : start + _BATCH])
                ]
            expected = tell_cut_short(cut, texts)
            changed += [
                f"{text[:200]!a}: the page would say {found}"
                for text, found, right in zip(texts, told, expected, strict=True)
                if found != right
            ]
            print(
                f"{name}, cut to {len(cut.kept.rows):,} pieces: {len(changed)} of {count:,} texts"
                f" differ; {kept:,} have kept pieces only, {sum(told):,} use what was cut",
                flush=True,
            )
            for difference in changed[:_SHOWN]:
                print(f"  {difference}")
            failed += len(changed)
    return failed


def read_damaged(count: int, seed: int) -> int:
    """Read so many damaged files of each format; how many were neither accepted nor refused."""
    failed = 0
    for name in FORMATS:
        started = time.perf_counter()
        outcome = try_format(name, range(seed, seed + count))
        seconds = time.perf_counter() - started
        print(f"{name}: {outcome} (seeds from {seed}, {seconds:.0f} s)", flush=True)
        for place, what in outcome.faults[:_SHOWN]:
            print(f"  {place}: {what}")
        failed += len(outcome.faults)
    return failed


def mutate_specs(count: int) -> int:
    """Run the test that puts mistakes into whole specs on so many of them; 1 if it fails."""
    command = [sys.executable, "-m", "pytest", "--quiet", "tests/spec/test_mutated_specs.py"]
    print(f"specs: {count:,} with mistakes", flush=True)
    return subprocess.run(command, env={**os.environ, "FUZZ_SPECS": str(count)}).returncode


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
