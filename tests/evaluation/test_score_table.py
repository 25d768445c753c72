"""How scores are shown and written."""

from pathlib import Path

import pytest

from builder.errors import BuilderError
from builder.evaluation.score_table import format_share, write_json
from builder.evaluation.scores import Share


def test_a_share_is_shown_in_per_cent() -> None:
    assert format_share(Share(0.7213, 0.7171, 0.7249)) == "72.1 (71.7-72.5)"


def test_a_report_that_cannot_be_written_is_an_error_in_words(tmp_path: Path) -> None:
    with pytest.raises(BuilderError, match=r"missing/scores\.json: cannot be written"):
        write_json(Share(1, 1, 1), tmp_path / "missing" / "scores.json")
