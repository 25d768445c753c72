"""Downloads from a local server that misbehaves in every way servers and networks do."""

import email.utils
import hashlib
import io
import json
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from builder.download import transfer as module
from builder.download.record import check_download, record_of
from builder.download.transfer import Wanted, download
from builder.errors import ModelError
from builder.progress import Progress
from tests.download.faulty_server import (
    CONTENT,
    Answer,
    Headers,
    Server,
    claim_length,
    cut_after,
    spoiled,
    status_of,
    whole,
    without,
    wrong_range,
)


def fetch(server: Server, folder: Path, name: str = "model.bin", **known: Any) -> Path:
    target = folder / name
    progress = Progress(Console(file=io.StringIO()))
    download(Wanted(server.url, **known), target, progress=progress, delays=(0, 0, 0))
    return target


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.endswith(".lock"))


def test_a_file_is_downloaded_with_a_record_of_its_hash(server: Server, tmp_path: Path):
    server.names_md5 = True
    target = fetch(server, tmp_path / "deep" / "down")
    assert target.read_bytes() == CONTENT
    assert names_in(target.parent) == ["model.bin", "model.bin.json"]
    sha256 = hashlib.sha256(CONTENT).hexdigest()
    record = json.loads(record_of(target).read_text())
    assert record == {"url": server.url, "sha256": sha256, "state": None}
    assert check_download(target) == sha256


def test_a_cut_connection_is_gone_on_with_where_it_was(server: Server, tmp_path: Path):
    server.answers = [cut_after(100_000), cut_after(50_000), whole]
    assert fetch(server, tmp_path).read_bytes() == CONTENT
    assert server.asked == [None, "bytes=100000-", "bytes=150000-"]


def test_a_connection_that_brings_something_each_time_is_never_given_up(
    server: Server, tmp_path: Path
):
    server.answers = [cut_after(30_000)]
    assert fetch(server, tmp_path).read_bytes() == CONTENT
    assert len(server.asked) == 10


def test_a_later_command_goes_on_with_the_part(server: Server, tmp_path: Path):
    server.answers = [cut_after(100_000), status_of(503)]
    with pytest.raises(ModelError, match="503"):
        fetch(server, tmp_path)
    assert names_in(tmp_path) == ["model.bin.part", "model.bin.part.json"]
    server.asked, server.answers = [], []
    assert fetch(server, tmp_path).read_bytes() == CONTENT
    assert server.asked == ["bytes=100000-"]


def test_a_part_that_was_whole_is_not_asked_for_again(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def interrupt(*_: object):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("builder.download.record._hash_file", interrupt)
        with pytest.raises(KeyboardInterrupt):
            fetch(server, tmp_path)
    assert fetch(server, tmp_path).read_bytes() == CONTENT
    assert server.asked == [None]


def test_ctrl_c_keeps_the_part(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "_CHUNK", 10_000)

    def press_ctrl_c(bar: object, done: int, total: int | None) -> None:
        if done >= 100_000:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("builder.download.transfer._Bar.move_to", press_ctrl_c)
        with pytest.raises(KeyboardInterrupt):
            fetch(server, tmp_path)
    kept = (tmp_path / "model.bin.part").stat().st_size
    assert kept >= 100_000
    assert fetch(server, tmp_path).read_bytes() == CONTENT
    assert server.asked == [None, f"bytes={kept}-"]


def test_a_server_that_ignores_ranges_sends_it_all_again(server: Server, tmp_path: Path):
    server.ranges = False
    server.answers = [cut_after(100_000), whole]
    assert fetch(server, tmp_path).read_bytes() == CONTENT
    assert server.asked == [None, "bytes=100000-"]


def test_without_a_validator_nothing_is_joined(server: Server, tmp_path: Path):
    server.etag = None
    server.answers = [cut_after(100_000), whole]
    assert fetch(server, tmp_path).read_bytes() == CONTENT
    assert server.asked == [None, None]


def test_a_wrong_range_is_not_joined(server: Server, tmp_path: Path):
    server.answers = [cut_after(100_000), wrong_range, whole]
    assert fetch(server, tmp_path).read_bytes() == CONTENT
    assert server.asked == [None, "bytes=100000-", None]


def test_a_file_that_changed_between_attempts_is_begun_anew(server: Server, tmp_path: Path):
    other = CONTENT[::-1]

    def change(handler: BaseHTTPRequestHandler, status: int, headers: Headers, body: bytes) -> None:
        server.content, server.etag = other, '"2"'
        cut_after(100_000)(handler, status, headers, body)

    server.answers = [change, whole]
    assert fetch(server, tmp_path).read_bytes() == other


def test_a_change_that_a_careless_server_joins_is_noticed(server: Server, tmp_path: Path):
    other = CONTENT[::-1]

    def careless(
        handler: BaseHTTPRequestHandler, status: int, headers: Headers, body: bytes
    ) -> None:
        server.content = other
        total = len(other)
        headers |= {"ETag": '"2"', "Content-Range": f"bytes 100000-{total - 1}/{total}"}
        headers["Content-Length"] = str(total - 100_000)
        whole(handler, 206, headers, other[100_000:])

    server.answers = [cut_after(100_000), careless, whole]
    assert fetch(server, tmp_path).read_bytes() == other


def test_a_length_that_is_too_large_is_given_up_with_the_reason(server: Server, tmp_path: Path):
    server.answers = [claim_length(+1000)]
    with pytest.raises(ModelError, match="ended after 300,000 of 301,000 bytes") as caught:
        fetch(server, tmp_path)
    assert server.url in str(caught.value)
    assert str(tmp_path / "model.bin") in str(caught.value)
    assert not (tmp_path / "model.bin").exists()


def test_a_length_that_is_too_small_is_found_by_the_hash(server: Server, tmp_path: Path):
    server.names_md5 = True
    server.answers = [claim_length(-1000), whole]
    assert fetch(server, tmp_path).read_bytes() == CONTENT


def test_a_truncated_archive_is_found_without_a_hash(server: Server, tmp_path: Path):
    data = io.BytesIO()
    np.savez(data, a=np.arange(1000))
    server.content = data.getvalue()
    server.answers = [claim_length(-100), whole]
    assert fetch(server, tmp_path, "model.npz").read_bytes() == server.content


def test_without_a_length_all_that_came_is_the_file(server: Server, tmp_path: Path):
    server.answers = [without("Content-Length")]
    assert fetch(server, tmp_path).read_bytes() == CONTENT


def test_what_does_not_have_the_hash_is_not_kept(server: Server, tmp_path: Path):
    server.names_md5 = True
    server.answers = [spoiled]
    with pytest.raises(
        ModelError, match=r"has the MD5 [0-9a-f]{32}, but the server gave [0-9a-f]{32}"
    ):
        fetch(server, tmp_path)
    assert names_in(tmp_path) == []
    assert len(server.asked) == 4


@pytest.mark.parametrize("code", [500, 503, 429])
def test_a_busy_server_is_asked_again(server: Server, tmp_path: Path, code: int):
    server.answers = [status_of(code), status_of(code), whole]
    assert fetch(server, tmp_path).read_bytes() == CONTENT


@pytest.mark.parametrize("code", [403, 404])
def test_what_is_not_there_is_asked_for_once(server: Server, tmp_path: Path, code: int):
    server.answers = [status_of(code)]
    with pytest.raises(ModelError, match=f"answered {code} .* save it as .*model.bin"):
        fetch(server, tmp_path)
    assert len(server.asked) == 1


def test_a_part_too_long_for_the_server_is_begun_anew(server: Server, tmp_path: Path):
    server.answers = [cut_after(100_000), status_of(416), whole]
    assert fetch(server, tmp_path).read_bytes() == CONTENT
    assert server.asked == [None, "bytes=100000-", None]


def test_offline_the_message_names_the_address_and_the_file(tmp_path: Path):
    url = "https://no-such-host.invalid/LiT.npz"
    with pytest.raises(ModelError, match="offline") as caught:
        download(Wanted(url), tmp_path / "LiT.npz", progress=Progress(Console(file=io.StringIO())))
    assert url in str(caught.value)
    assert f"save it as {tmp_path / 'LiT.npz'}" in str(caught.value)


def test_a_full_disk_is_noticed_before_it_is_full(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def almost_full(path: Path) -> SimpleNamespace:
        return SimpleNamespace(free=2_000_000)

    monkeypatch.setattr("shutil.disk_usage", almost_full)
    server.content = bytes(5_000_000)
    with pytest.raises(ModelError, match="needs 5 MB more, but only 2 MB are free"):
        fetch(server, tmp_path)


def test_a_folder_that_cannot_be_written_is_named(server: Server, tmp_path: Path):
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(ModelError, match=r"cache/model\.bin: cannot be written"):
        fetch(server, tmp_path / "cache")


def test_a_changed_file_is_downloaded_again(server: Server, tmp_path: Path):
    target = fetch(server, tmp_path)
    target.write_bytes(CONTENT + b"!")
    with pytest.raises(ModelError, match=r"changed since it was downloaded[^\n]*\nDelete it and"):
        check_download(target)
    said = io.StringIO()
    assert download(Wanted(server.url), target, progress=Progress(Console(file=said)))
    assert target.read_bytes() == CONTENT
    assert "It is not used, but downloaded again." in said.getvalue()
    assert not download(Wanted(server.url), target, progress=Progress(Console(file=said)))
    assert len(server.asked) == 2


def test_a_changed_file_that_cannot_be_downloaded_again_is_an_error(server: Server, tmp_path: Path):
    target = fetch(server, tmp_path)
    target.write_bytes(CONTENT[:-1])
    server.answers = [status_of(404)]
    with pytest.raises(ModelError, match=r"404[\s\S]*has changed since .* so it is not used"):
        fetch(server, tmp_path)


def test_a_file_that_was_put_there_by_hand_is_never_replaced(server: Server, tmp_path: Path):
    target = tmp_path / "model.bin"
    target.write_bytes(b"mine")
    fetch(server, tmp_path)
    assert server.asked == []
    target.write_bytes(b"mine, too")
    with pytest.raises(ModelError, match="is not the one that was first put there"):
        fetch(server, tmp_path)
    with pytest.raises(ModelError, match="is not the file that was published"):
        fetch(server, tmp_path, sha256=SHA256)
    assert target.read_bytes() == b"mine, too"


SHA256 = hashlib.sha256(CONTENT).hexdigest()


def test_a_file_has_the_hash_that_is_known_of_it(server: Server, tmp_path: Path):
    assert fetch(server, tmp_path, sha256=SHA256).read_bytes() == CONTENT
    server.content = bytes(100)
    with pytest.raises(ModelError, match=rf"has the SHA-256 [0-9a-f]+, not {SHA256}"):
        fetch(server, tmp_path, "other.bin", sha256=SHA256)
    assert [name for name in names_in(tmp_path) if "other" in name] == []


def test_a_known_hash_overrules_the_record(server: Server, tmp_path: Path):
    target = fetch(server, tmp_path)
    server.content = bytes(100)
    known = hashlib.sha256(server.content).hexdigest()
    assert fetch(server, tmp_path, sha256=known) == target
    assert target.read_bytes() == server.content


def test_a_folder_in_the_place_of_a_file_is_named(server: Server, tmp_path: Path):
    (tmp_path / "model.bin").mkdir()
    with pytest.raises(ModelError, match=r"model\.bin: cannot be read: Is a directory"):
        fetch(server, tmp_path)


def busy(retry_after: str, code: int = 429) -> Answer:
    def answer(handler: BaseHTTPRequestHandler, status: int, headers: Headers, body: bytes) -> None:
        whole(handler, code, {"Content-Length": "0", "Retry-After": retry_after}, b"")

    return answer


@pytest.mark.parametrize("code", [429, 503])
@pytest.mark.parametrize(
    ("asked", "waited"), [("7", 7), ("86400", 120), ("0", 0), ("later", 0), ("-1", 0)]
)
def test_a_pause_that_a_server_asks_for_is_kept(
    server: Server,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    asked: str,
    waited: float,
    code: int,
):
    pauses: list[float] = []
    monkeypatch.setattr("time.sleep", pauses.append)
    server.answers = [busy(asked, code), whole]
    said = io.StringIO()
    target = tmp_path / "model.bin"
    download(Wanted(server.url), target, progress=Progress(Console(file=said)), delays=(0, 0))
    assert max(pauses) == waited
    assert (f"Waiting {waited} s." in said.getvalue()) is (waited > 0)


def test_a_date_until_which_to_pause_is_kept(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    pauses: list[float] = []
    monkeypatch.setattr("time.sleep", pauses.append)
    server.answers = [busy(email.utils.formatdate(time.time() + 50, usegmt=True)), whole]
    fetch(server, tmp_path)
    assert 45 < max(pauses) <= 50


def test_a_server_that_brings_next_to_nothing_each_time_is_given_up(server: Server, tmp_path: Path):
    server.answers = [cut_after(10)]
    with pytest.raises(ModelError, match=r"ended after \d+ of 300,000 bytes"):
        fetch(server, tmp_path)
    assert len(server.asked) == 4


def test_an_etag_that_cannot_be_said_again_is_not_used(server: Server, tmp_path: Path):
    server.etag = '"\u00e9\u00e8"'
    server.answers = [cut_after(100_000), whole]
    assert fetch(server, tmp_path).read_bytes() == CONTENT
    assert server.asked == [None, None]


@pytest.mark.parametrize("key", ["validator", "bytes", "md5"])
def test_a_note_that_makes_no_sense_counts_as_absent(server: Server, tmp_path: Path, key: str):
    note = {"url": server.url, "validator": '"1"', "bytes": 300_000, "md5": None, key: [1]}
    (tmp_path / "model.bin.part").write_bytes(CONTENT[:1000])
    (tmp_path / "model.bin.part.json").write_text(json.dumps(note))
    assert fetch(server, tmp_path).read_bytes() == CONTENT
    assert server.asked == [None]


def test_a_disk_that_fills_up_keeps_the_part(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def fill(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("builder.download.transfer._Bar.move_to", fill)
        with pytest.raises(ModelError, match=r"cannot be written: No space left.*--cache-dir"):
            fetch(server, tmp_path)
    assert "model.bin.part" in names_in(tmp_path)
    assert fetch(server, tmp_path).read_bytes() == CONTENT


def test_a_record_or_a_note_that_was_cut_off_counts_as_absent(server: Server, tmp_path: Path):
    (tmp_path / "model.bin.part").write_bytes(b"of what?")
    (tmp_path / "model.bin.part.json").write_text('{"url": ')
    target = fetch(server, tmp_path)
    assert server.asked == [None]
    record_of(target).write_text('{"sha')
    assert check_download(target) == hashlib.sha256(CONTENT).hexdigest()
    assert "sha256" in record_of(target).read_text()


def test_progress_goes_up_to_the_size_in_megabytes(server: Server, tmp_path: Path):
    server.content = bytes(2_500_000)
    lines = io.StringIO()
    target = tmp_path / "model.bin"
    download(Wanted(server.url), target, progress=Progress(Console(file=lines)))
    assert "Download model.bin, MB (3)" in lines.getvalue()
