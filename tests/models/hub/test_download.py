"""Models of the Hugging Face hub, from a local server that speaks its protocol."""

import io
import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

import builder
from builder.errors import ModelError
from builder.models.fetch import fetch_missing
from builder.models.hub.download import fetch_hub_model
from builder.models.hub.store import find_hub_folder
from builder.progress import Progress
from builder.spec.hub_name import HubName
from builder.spec.models import ModelSpec
from tests.models.hub.fake_hub import TOKEN, FakeHub, Repository

GOLDEN = Path(__file__).parents[2] / "golden" / "hub"
CLIP = HubName.parse("hf:someone/clip")
WEIGHTS = bytes(range(256)) * 5000
CONFIG = json.dumps({"model_type": "clip"}).encode()
FILES: Mapping[str, bytes] = {
    "README.md": b"# A model",
    "config.json": CONFIG,
    "preprocessor_config.json": b"{}",
    "tokenizer.json": b'{"a": "tokenizer"}',
    "model.safetensors": WEIGHTS,
    "pytorch_model.bin": WEIGHTS + b"a pickle",
    "flax_model.msgpack": WEIGHTS + b"flax",
    "tf_model.h5": WEIGHTS + b"tf",
    "onnx/model.onnx": WEIGHTS + b"onnx",
}
NEEDED = {
    *("README.md", "config.json", "preprocessor_config.json", "tokenizer.json"),
    "model.safetensors",
}


@pytest.fixture
def clip(hub: FakeHub) -> Repository:
    return hub.add("someone/clip", FILES)


@pytest.fixture
def said() -> io.StringIO:
    return io.StringIO()


Fetch = Callable[..., Path]


@pytest.fixture
def fetch(tmp_path: Path, said: io.StringIO) -> Fetch:
    def run(name: str = "hf:someone/clip", **options: bool) -> Path:
        progress = Progress(Console(file=said))
        parsed = HubName.parse(name)
        return fetch_hub_model(parsed, tmp_path / "cache", progress=progress, **options)

    return run


def names_in(folder: Path) -> set[str]:
    """Files of a model, without the records beside them and the locks."""
    names = {path.name for path in folder.iterdir() if not path.name.startswith(".")}
    return names - {f"{name}.json" for name in names}


def test_only_what_a_build_needs_is_fetched(
    hub: FakeHub, clip: Repository, fetch: Fetch, said: io.StringIO, tmp_path: Path
):
    folder = fetch()
    assert names_in(folder) == NEEDED
    assert all((folder / name).read_bytes() == FILES[name] for name in NEEDED)
    assert folder.name == clip.revisions["main"]
    assert f"downloading {hub.url}/someone/clip at {folder.name} (1 MB)" in said.getvalue()
    assert find_hub_folder(CLIP, tmp_path / "cache") == folder


def test_a_model_that_is_there_needs_no_network(
    hub: FakeHub, clip: Repository, fetch: Fetch, said: io.StringIO
):
    folder = fetch()
    hub.asked.clear()
    clip.commit({**FILES, "model.safetensors": WEIGHTS + b"trained more"})
    assert fetch() == folder
    assert f"{folder} is already there and unchanged." in said.getvalue()
    assert fetch(thorough=False) == folder
    assert hub.asked == []


def test_an_update_takes_the_newest_commit_and_leaves_the_old_one(
    clip: Repository, fetch: Fetch, said: io.StringIO
):
    old = fetch()
    assert fetch(update=True) == old
    assert "hf:someone/clip is up to date." in said.getvalue()
    newest = clip.commit({**FILES, "model.safetensors": WEIGHTS + b"trained more"})
    new = fetch(update=True)
    assert new.name == newest
    assert (new / "model.safetensors").read_bytes().endswith(b"trained more")
    assert f"{old} until you delete it" in said.getvalue()
    assert fetch() == new
    assert fetch(f"hf:someone/clip@{old.name}") == old


@pytest.mark.parametrize("revision", ["v1.0", "refs/pr/1"])
def test_a_branch_or_a_tag_has_a_commit_of_its_own(clip: Repository, fetch: Fetch, revision: str):
    commit = clip.commit({**FILES, "tokenizer.json": b"{}"}, revision)
    folder = fetch(f"hf:someone/clip@{revision}")
    assert folder.name == commit
    assert (folder / "tokenizer.json").read_bytes() == b"{}"
    assert fetch("hf:someone/clip").name == clip.revisions["main"] != commit


def test_a_commit_can_be_named(hub: FakeHub, clip: Repository, fetch: Fetch):
    old = clip.revisions["main"]
    clip.commit({"config.json": CONFIG})
    assert fetch(f"hf:someone/clip@{old}").name == old


def test_a_cut_download_goes_on_where_it_was(hub: FakeHub, clip: Repository, fetch: Fetch):
    hub.cuts = [300_000, 500_000]
    assert (fetch() / "model.safetensors").read_bytes() == WEIGHTS
    ranges = [asked.range for asked in hub.asked if asked.server == "cdn"]
    assert ranges == [None, "bytes=300000-", "bytes=800000-"]


def test_the_next_try_goes_on_too_at_the_same_commit(
    hub: FakeHub, clip: Repository, fetch: Fetch, said: io.StringIO, tmp_path: Path
):
    commit = clip.revisions["main"]
    hub.cuts = [1_000_000] + [0] * 10
    with pytest.raises(ModelError, match=r"model\.safetensors: cannot be downloaded: the conn"):
        fetch()
    with pytest.raises(ModelError, match=r"model\.safetensors is missing[\s\S]*models fetch hf:"):
        find_hub_folder(CLIP, tmp_path / "cache")
    clip.commit({**FILES, "model.safetensors": WEIGHTS + b"trained more"})
    hub.cuts, hub.asked = [], []
    folder = fetch()
    assert folder.name == commit
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS
    assert [asked.range for asked in hub.asked if asked.server == "cdn"] == ["bytes=1000000-"]
    assert "(1 MB, of which 1 MB are already there" in said.getvalue()
    assert not list(folder.glob("*.part*"))


def test_wrong_bytes_are_never_used(hub: FakeHub, clip: Repository, fetch: Fetch):
    hub.spoilt = True
    with pytest.raises(ModelError, match=r"has the SHA-256 .* as published"):
        fetch()
    hub.spoilt = False
    assert (fetch() / "model.safetensors").read_bytes() == WEIGHTS


def test_a_changed_file_is_fetched_again(
    clip: Repository, fetch: Fetch, said: io.StringIO, tmp_path: Path
):
    folder = fetch()
    (folder / "tokenizer.json").write_bytes(b'{"a": "tokeniser"}')
    with pytest.raises(ModelError, match=r"tokenizer\.json: has changed[\s\S]*models fetch hf:"):
        find_hub_folder(CLIP, tmp_path / "cache")
    fetch(thorough=False)
    assert (folder / "tokenizer.json").read_bytes() == FILES["tokenizer.json"]


def test_a_token_is_sent_to_the_hub_and_to_nobody_else(
    hub: FakeHub, clip: Repository, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
):
    clip.private = True
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    fetch()
    assert {asked.authorization for asked in hub.asked if asked.server == "cdn"} == {None}
    said = {asked.authorization for asked in hub.asked if asked.server == "hub"}
    assert said == {f"Bearer {TOKEN}"}


def test_a_login_of_the_hubs_own_tool_is_used(
    hub: FakeHub, clip: Repository, fetch: Fetch, tmp_path: Path
):
    clip.private = True
    (tmp_path / "no-token").write_text(TOKEN)
    assert names_in(fetch()) == NEEDED


@pytest.mark.parametrize("name", ["hf:someone/clip", "hf:nobody/nothing"])
def test_a_private_model_without_a_token_says_how_to_give_one(
    hub: FakeHub, clip: Repository, fetch: Fetch, name: str
):
    clip.private = True
    with pytest.raises(ModelError, match=r"no such model, or it is private[\s\S]*hf auth login"):
        fetch(name)


def test_a_gated_model_says_where_its_terms_are(
    hub: FakeHub, clip: Repository, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
):
    clip.gated = True
    page = f"accepted its terms[\\s\\S]*Accept them at {hub.url}/someone/clip "
    with pytest.raises(ModelError, match=f"{page}and log in with `hf auth login`"):
        fetch()
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    with pytest.raises(ModelError, match=f"{page}with the account of your token"):
        fetch()


def test_a_wrong_token_is_said_and_not_shown(
    hub: FakeHub,
    clip: Repository,
    fetch: Fetch,
    said: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
):
    wrong = "hf_anotherSecret"
    monkeypatch.setenv("HF_TOKEN", wrong)
    hub.echo = f"Bearer {wrong} is not known, {wrong}"
    with pytest.raises(ModelError, match="does not accept your token") as caught:
        fetch()
    shown = "".join((str(caught.value), said.getvalue(), *capfd.readouterr()))
    assert wrong not in shown
    assert "warning" not in shown


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_server_that_echoes_a_token_does_not_bring_it_into_messages_or_files(
    hub: FakeHub,
    clip: Repository,
    fetch: Fetch,
    said: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    tmp_path: Path,
):
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    hub.echo, hub.retry_after = f"x{TOKEN}" * 12, "7"
    hub.statuses = [status] * 20
    with pytest.raises(ModelError, match=f"cannot be asked for it: the server answered {status}"):
        fetch()
    hub.statuses = []
    fetch()
    hub.statuses = [status] * 20
    (weights,) = (tmp_path / "cache").rglob("model.safetensors")
    weights.unlink()
    with pytest.raises(ModelError, match=f"the server answered {status}") as caught:
        fetch()
    assert "asks for a pause of 7 s" in said.getvalue()
    assert TOKEN not in str(caught.value) + said.getvalue()
    files = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert not any(TOKEN.encode() in path.read_bytes() for path in files)


def test_a_server_that_is_busy_is_asked_again(
    hub: FakeHub, clip: Repository, fetch: Fetch, said: io.StringIO
):
    hub.statuses, hub.retry_after = [429, 500, 503], "20"
    assert names_in(fetch()) == NEEDED
    assert said.getvalue().count("asks for a pause of 20 s") == 3


def test_a_revision_that_is_not_there_is_named(hub: FakeHub, clip: Repository, fetch: Fetch):
    page = f"no branch, tag or commit 'v9'[\\s\\S]*{hub.url}/someone/clip/commits/main"
    with pytest.raises(ModelError, match=page):
        fetch("hf:someone/clip@v9")


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"model_type": "siglip2"}, "NaFlex[\\s\\S]*google/siglip2-base-patch16-224"),
        ({"model_type": "llama"}, "'llama' is not one that can be read"),
        ([], "config.json: is not a table"),
    ],
)
def test_what_no_build_could_read_is_refused_before_its_weights_are_fetched(
    hub: FakeHub, clip: Repository, fetch: Fetch, config: object, message: str
):
    clip.commit({**FILES, "config.json": json.dumps(config).encode()})
    with pytest.raises(ModelError, match=f"^hf:someone/clip: .*{message}"):
        fetch()
    assert hub.paths("cdn") == []


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"config.json": CONFIG, "pytorch_model.bin": WEIGHTS}, r"pytorch_model\.bin, a pickle.*"),
        ({"config.json": CONFIG}, "no weights of transformers"),
        (
            {"config.json": CONFIG, "tf_model.h5": WEIGHTS},
            r"only in tf_model\.h5, which no build reads[\s\S]*save_pretrained",
        ),
        ({"README.md": b""}, r"has no config\.json or open_clip_config\.json"),
        ({}, r"has no config\.json or open_clip_config\.json"),
    ],
)
def test_a_repository_without_safe_weights_says_what_it_has(
    hub: FakeHub, clip: Repository, fetch: Fetch, files: Mapping[str, bytes], message: str
):
    clip.commit(files)
    with pytest.raises(ModelError, match=f"^hf:someone/clip: .*{message}"):
        fetch()
    assert hub.paths("cdn") == []


def test_shards_come_with_their_index(hub: FakeHub, clip: Repository, fetch: Fetch):
    shards = [f"model-0000{number}-of-00002.safetensors" for number in (1, 2)]
    index = json.dumps({"weight_map": {"a": shards[0], "b": shards[1], "c": shards[0]}}).encode()
    files = {name: content for name, content in FILES.items() if name != "model.safetensors"}
    files |= {"model.safetensors.index.json": index, shards[0]: WEIGHTS, shards[1]: WEIGHTS + b"2"}
    clip.commit(files)
    folder = fetch()
    others = NEEDED - {"model.safetensors"}
    assert names_in(folder) == {*others, *shards, "model.safetensors.index.json"}
    clip.commit({**files, "model.safetensors.index.json": index.replace(b"model-", b"../model-")})
    with pytest.raises(ModelError, match=r"'\.\./model-.*', which is not in the repository"):
        fetch(update=True)


def test_a_model_of_two_libraries_is_fetched_for_one(clip: Repository, fetch: Fetch):
    config = json.dumps({"model_cfg": {"vision_cfg": {}, "text_cfg": {}}}).encode()
    both = {
        **FILES,
        "open_clip_config.json": config,
        "open_clip_model.safetensors": WEIGHTS + b"open_clip",
    }
    clip.commit(both)
    assert names_in(fetch()) == NEEDED
    clip.commit({name: both[name] for name in both if name != "config.json"})
    assert {"open_clip_config.json", "open_clip_model.safetensors"} <= names_in(fetch(update=True))
    clip.commit({**both, "config.json": b"{}"})
    folder = fetch(update=True)
    assert not (folder / "config.json").exists()
    assert (folder / "open_clip_model.safetensors").is_file()


def test_offline_what_is_there_is_used(
    hub: FakeHub, clip: Repository, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelError, match=r"HF_HUB_OFFLINE[\s\S]*models fetch hf:someone/clip"):
        fetch()
    assert hub.asked == []
    monkeypatch.delenv("HF_HUB_OFFLINE")
    folder = fetch()
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    hub.asked.clear()
    assert fetch() == folder
    assert hub.asked == []


def test_without_a_network_the_message_says_so_at_once(
    fetch: Fetch, monkeypatch: pytest.MonkeyPatch, hub: FakeHub
):
    monkeypatch.setenv("HF_ENDPOINT", "https://no-such-host.invalid/")
    with pytest.raises(ModelError, match="may be offline"):
        fetch()
    monkeypatch.setenv("HF_ENDPOINT", "ftp://me:secret@host")
    with pytest.raises(ModelError, match=r"'ftp://\*\*\*@host' is not a web address"):
        fetch()


@pytest.mark.parametrize("body", [b"<html>Log in to the hotel", b"[]", b'{"id": "a/b"}'])
def test_a_server_that_is_no_hub_is_not_believed(
    hub: FakeHub, clip: Repository, fetch: Fetch, body: bytes
):
    hub.info = body
    with pytest.raises(ModelError, match=r"^hf:someone/clip: .*(cannot be asked|not describe)"):
        fetch()


def test_what_the_hubs_own_library_has_is_not_downloaded(
    hub: FakeHub, clip: Repository, fetch: Fetch, tmp_path: Path, said: io.StringIO
):
    repository = tmp_path / "shared" / "models--someone--clip"
    snapshot = repository / "snapshots" / clip.revisions["main"]
    snapshot.mkdir(parents=True)
    (repository / "blobs").mkdir()
    (repository / "blobs" / "b").write_bytes(WEIGHTS)
    (snapshot / "model.safetensors").symlink_to(repository / "blobs" / "b")
    (snapshot / "tokenizer.json").write_bytes(b"of another size")
    folder = fetch()
    assert hub.paths("cdn") == []
    assert "model.safetensors is taken from the cache of huggingface_hub." in said.getvalue()
    assert not (folder / "model.safetensors").is_symlink()
    assert (folder / "tokenizer.json").read_bytes() == FILES["tokenizer.json"]
    shutil.rmtree(repository)
    assert (fetch() / "model.safetensors").read_bytes() == WEIGHTS


def test_a_build_fetches_what_it_names(
    hub: FakeHub, clip: Repository, tmp_path: Path, said: io.StringIO
):
    models = (ModelSpec(name="mini-tiny"), ModelSpec(name="hf:someone/clip"))
    for expected in (True, False):
        fetch_missing(models, tmp_path, Progress(Console(file=said)))
        assert ("downloading" in said.getvalue()) == expected
        said.truncate(0)


def test_a_fetched_model_has_the_numbers_of_its_library(hub: FakeHub, fetch: Fetch):
    golden = GOLDEN / "siglip"
    hub.add("someone/siglip", {path.name: path.read_bytes() for path in golden.iterdir()})
    towers = builder.load_towers(fetch("hf:someone/siglip"))
    with np.load(golden / "golden.npz") as expected:
        ztxt = towers.embed_tokens(expected["input_ids"])
        np.testing.assert_allclose(ztxt, expected["text_embeds"], atol=1e-5)
