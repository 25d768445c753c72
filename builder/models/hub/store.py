"""Where models of the Hugging Face hub are in the cache, and what is known of them there.

In `checkpoints/hub/OWNER--NAME/` of the cache folder, `revisions.json` says at which commit each
revision was when it was first fetched, `COMMIT.json` which files of it a build needs, and the
folder `COMMIT` has them. Nothing here uses the network or imports JAX.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from builder.download.record import (
    ChangedFileError,
    check_download,
    has_all,
    read_note,
    write_note,
)
from builder.errors import ModelError, writing
from builder.models.published import checkpoint_folder
from builder.spec.hub_name import HubName, is_commit

_REMEDY = "Name a writable folder with --cache-dir."


@dataclass(frozen=True)
class HubFile:
    """A file of a repository; the hub knows the SHA-256 of large ones only."""

    name: str
    bytes: int | None
    sha256: str | None


@dataclass(frozen=True)
class Snapshot:
    """Files of a repository at a commit; `repository` is spelt as the hub does."""

    repository: str
    commit: str
    files: Mapping[str, HubFile]

    @property
    def bytes(self) -> int:
        """The size of all files, as far as it is known."""
        return sum(file.bytes or 0 for file in self.files.values())


@dataclass(frozen=True)
class HubStore:
    """What has been fetched of one model."""

    folder: Path

    def folder_of(self, snapshot: Snapshot) -> Path:
        """Where the files of a snapshot are."""
        return self.folder / snapshot.commit

    def find_pinned(self, name: HubName) -> Snapshot | None:
        """The files that a build needs at the commit that a revision is pinned to; None if new."""
        commit = name.wanted if is_commit(name.wanted) else self._revisions().get(name.wanted)
        return None if commit is None else self._read_snapshot(commit)

    def pin(self, name: HubName, snapshot: Snapshot) -> None:
        """Use these files for that revision from now on, also if they are still to be fetched."""
        with writing(self.folder, _REMEDY):
            self.folder.mkdir(parents=True, exist_ok=True)
            content = {
                "repository": snapshot.repository,
                "files": [asdict(file) for file in snapshot.files.values()],
            }
            write_note(self.folder / f"{snapshot.commit}.json", content)
            if not is_commit(name.wanted):
                pins = {**self._revisions(), name.wanted: snapshot.commit}
                write_note(self.folder / "revisions.json", pins)

    def has_all(self, snapshot: Snapshot) -> bool:
        """Whether all files are there as they should be; needs to write nothing."""
        folder = self.folder_of(snapshot)
        return has_all((folder / file.name, file.sha256) for file in snapshot.files.values())

    def _revisions(self) -> dict[str, str]:
        found = read_note(self.folder / "revisions.json")
        return {name: text for name, text in found.items() if is_commit(str(text))}

    def _read_snapshot(self, commit: str) -> Snapshot | None:
        content = read_note(self.folder / f"{commit}.json")
        try:
            files = [HubFile(**file) for file in content["files"]]
            return Snapshot(content["repository"], commit, {file.name: file for file in files})
        except (KeyError, TypeError):
            return None  # It was cut off, and is made again.


def open_store(name: HubName, cache_folder: Path | None = None) -> HubStore:
    """What a cache folder, by default the user's, has of a model."""
    # Two hyphens are in no name, so no two models share a folder. The hub ignores upper case.
    folder = f"{name.owner}--{name.name}".lower()
    return HubStore(checkpoint_folder(cache_folder) / "hub" / folder)


def find_hub_folder(name: HubName, cache_folder: Path | None = None) -> Path:
    """The folder of a model that has been fetched: its config, weights, tokenizer and more.

    Raises:
        ModelError: if it has not been fetched, or a file has changed since.
    """
    store = open_store(name, cache_folder)
    given = f" --cache-dir {cache_folder}" if cache_folder else ""
    remedy = f"Fetch it: lit-demo models fetch {name}{given}"
    snapshot = store.find_pinned(name)
    if snapshot is None:
        raise ModelError(f"{name}: has not been fetched to {store.folder}.", remedy)
    folder = store.folder_of(snapshot)
    for file in snapshot.files.values():
        path = folder / file.name
        if not path.is_file():
            raise ModelError(f"{name}: {path} is missing.", remedy)
        try:
            check_download(path, file.sha256)
        except ChangedFileError as error:
            if not error.is_ours:
                raise
            raise ModelError(f"{name}: {error.message}", remedy) from None
    return folder
