"""Downloads models from the Hugging Face hub into the cache, at a commit that then stays.

huggingface_hub could download the files too, but since its version 2 it deletes what it has of a
file when it is interrupted. `builder.download` resumes, and keeps the hashes. It asks over HTTP,
which the hub answers for files in its Xet storage too.
"""

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path

from builder.download.address import hiding
from builder.download.record import ChangedFileError, DownloadError, record_of
from builder.download.transfer import Wanted, download
from builder.errors import ModelError
from builder.models.catalogue import format_size
from builder.models.hub.repository import Hub, find_hub, is_offline
from builder.models.hub.selection import (
    LIBRARIES,
    Library,
    check_config,
    choose_others,
    choose_weights,
    list_shards,
)
from builder.models.hub.shared_cache import take_shared_copy
from builder.models.hub.store import (
    HubFile,
    HubStore,
    Snapshot,
    find_hub_folder,
    open_store,
)
from builder.progress import Progress
from builder.spec.hub_name import HubName

_REFUSED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


def fetch_hub_model(
    name: HubName,
    cache_folder: Path | None = None,
    *,
    progress: Progress,
    update: bool = False,
    thorough: bool = True,
) -> Path:
    """The folder of a model, after downloading the files of it that are missing or have changed.

    The commit that a branch or a tag is at is looked up when it is first fetched, and again for an
    `update`. A file that is there is hashed if `thorough`, else as `check_download` thinks fit.

    Raises:
        ModelError: if there is no such model, no build could read it, the hub does not give it to
            this user, or it cannot be downloaded.
    """
    if is_offline():
        return _find_offline(name, cache_folder)
    hub, store = find_hub(), open_store(name, cache_folder)
    with hiding(hub.token):
        fetching = _Fetching(name, hub, store, progress, thorough)
        pinned = store.find_pinned(name)
        if pinned is None or update:
            pinned = fetching.pin_newest(pinned)
        fetching.fetch(pinned)
    return store.folder_of(pinned)


def _find_offline(name: HubName, cache_folder: Path | None) -> Path:
    try:
        return find_hub_folder(name, cache_folder)
    except ChangedFileError:
        raise
    except ModelError as error:
        raise ModelError(
            f"{error.message} HF_HUB_OFFLINE does not allow a download.",
            f"Unset it, or fetch the model elsewhere (lit-demo models fetch {name}) and copy"
            f" {open_store(name, cache_folder).folder}.",
        ) from None


class _Fetching:
    """One model on its way from a hub to the cache."""

    def __init__(
        self, name: HubName, hub: Hub, store: HubStore, progress: Progress, thorough: bool
    ):
        self._name, self._hub, self._store = name, hub, store
        self._progress, self._thorough = progress, thorough

    def pin_newest(self, pinned: Snapshot | None) -> Snapshot:
        """What a revision is now; the files that it was before stay where they are."""
        listed = self._hub.find_snapshot(self._name, self._progress.say)
        if pinned is not None and pinned.commit == listed.commit:
            self._progress.say(f"{self._name} is up to date.")
            return pinned
        chosen = self._choose(listed)
        self._store.pin(self._name, chosen)
        if pinned is not None:
            self._progress.say(
                f"{self._name}: now at {chosen.commit}. What it was before stays in"
                f" {self._store.folder_of(pinned)} until you delete it."
            )
        return chosen

    def fetch(self, snapshot: Snapshot) -> None:
        """Download what is missing or has changed."""
        folder = self._store.folder_of(snapshot)
        has_come = False
        if missing := list(self._take_shared(snapshot)):
            self._announce(snapshot, missing)
        elif not self._thorough and self._store.has_all(snapshot):
            return
        # Small files first: a build that is stopped has the ones that say the most.
        for file in sorted(snapshot.files.values(), key=lambda file: file.bytes or 0):
            has_come |= self._download(snapshot, file)
        if not has_come:
            self._progress.say(f"{folder} is already there and unchanged.")

    def _take_shared(self, snapshot: Snapshot) -> Iterator[HubFile]:
        """The files that are missing, after taking those that huggingface_hub has in its cache."""
        folder = self._store.folder_of(snapshot)
        for file in snapshot.files.values():
            target = folder / file.name
            if target.is_file():
                continue
            if take_shared_copy(snapshot, file, target):
                self._progress.say(f"{file.name} is taken from the cache of huggingface_hub.")
            else:
                yield file

    def _announce(self, snapshot: Snapshot, missing: Iterable[HubFile]) -> None:
        folder = self._store.folder_of(snapshot)
        parts = [folder / f"{file.name}.part" for file in missing]
        here = sum(part.stat().st_size for part in parts if part.is_file())
        needed = sum(file.bytes or 0 for file in missing) - here
        resumed = f", of which {format_size(here)} are already there" if here > 500_000 else ""
        self._progress.say(
            f"{self._name}: downloading {self._hub.page_of(self._name)} at {snapshot.commit}"
            f" ({format_size(needed + here)}{resumed}) to {folder}"
        )
        folder.mkdir(parents=True, exist_ok=True)
        if needed > (free := shutil.disk_usage(folder).free):
            raise ModelError(
                f"{self._name}: needs {format_size(needed)} more, but only {format_size(free)} are"
                f" free in {folder}.",
                "Free some, or give another --cache-dir.",
            )

    def _choose(self, listed: Snapshot) -> Snapshot:
        """The files that a build needs, of the first library whose model can be read."""
        problems: list[ModelError] = []
        for library in LIBRARIES:
            if library.config not in listed.files:
                continue
            config = self._fetch_small(listed, library.config)
            try:
                check_config(library, config)
                weights = choose_weights(library, listed.files)
            except ModelError as error:
                problems.append(error)
                # It would make the folder one of this library.
                config.unlink()
                record_of(config).unlink(missing_ok=True)
                continue
            return self._list_needed(listed, library, weights)
        configs = " or ".join(library.config for library in LIBRARIES)
        problem = next(
            iter(problems), ModelError(f"has no {configs}, so it is not an image/text model.")
        )
        raise ModelError(f"{self._name}: {problem.message}", problem.remedy)

    def _list_needed(self, listed: Snapshot, library: Library, weights: str) -> Snapshot:
        names = [library.config, *choose_others(listed.files), weights]
        if weights.endswith(".index.json"):
            try:
                names += list_shards(self._fetch_small(listed, weights), listed.files)
            except ModelError as error:
                raise ModelError(f"{self._name}: {error.message}", error.remedy) from None
        return replace(listed, files={name: listed.files[name] for name in names})

    def _fetch_small(self, snapshot: Snapshot, name: str) -> Path:
        """A file that says what else is needed."""
        self._download(snapshot, snapshot.files[name])
        return self._store.folder_of(snapshot) / name

    def _download(self, snapshot: Snapshot, file: HubFile) -> bool:
        target = self._store.folder_of(snapshot) / file.name
        wanted = Wanted(
            self._hub.url_of(snapshot, file.name),
            file.sha256,
            file.bytes,
            self._hub.authorization,
        )
        try:
            has_come = download(wanted, target, progress=self._progress, thorough=self._thorough)
        except DownloadError as error:
            if error.status in _REFUSED:
                raise self._hub.explain_refusal(self._name) from None
            raise
        if file.bytes is not None and (found := target.stat().st_size) != file.bytes:
            if has_come:
                target.unlink()
                record_of(target).unlink(missing_ok=True)
            raise ModelError(
                f"{target}: has {found:,} bytes, but {self._name} has {file.bytes:,} there.",
                "Try again later." if has_come else "Delete it to download it.",
            )
        return has_come
