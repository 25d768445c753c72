"""A short part of what `make fuzz` does with damaged files."""

from pathlib import Path

import pytest

from tests.fuzz.formats import FORMATS, Folder

COUNT = 60


@pytest.mark.filterwarnings("ignore::UserWarning")  # of Pillow, about what it leaves out
@pytest.mark.parametrize("name", FORMATS)
def test_a_damaged_file_is_read_or_refused_in_a_sentence(name: str, tmp_path: Path):
    damaged = Folder(tmp_path, FORMATS[name])
    refusals = [refusal for seed in range(COUNT) if (refusal := damaged.try_seed(seed))]
    assert refusals, "no damage was noticed"
    assert not [refusal for refusal in refusals if "Traceback" in refusal]
