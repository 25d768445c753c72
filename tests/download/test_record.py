"""What lies on disk of a download."""

from pathlib import Path

import pytest

from builder.download.record import check_download
from builder.errors import ModelError


def test_a_file_put_there_by_hand_is_recorded(tmp_path: Path):
    target = tmp_path / "mine.npz"
    target.write_bytes(b"mine")
    check_download(target)
    target.write_bytes(b"other")
    with pytest.raises(ModelError, match="has changed"):
        check_download(target)
