"""Downloads published models from where their authors put them, into the cache."""

from collections.abc import Iterable
from pathlib import Path

from builder.cache import Cache, digest
from builder.errors import ModelError
from builder.models.catalogue import format_size
from builder.models.default import DEFAULT_MODELS
from builder.models.published import (
    PublishedModel,
    checkpoint_folder,
    find_published,
    require_published,
)
from builder.progress import Progress
from builder.spec.models import ModelSpec


def fetch_model(
    name: str, cache_folder: Path, *, progress: Progress, mirror: str | None = None
) -> None:
    """Download the files of the model of that name, and check those that are already there.

    `mirror` takes the place of Google Storage.

    Raises:
        ModelError: if there is no such model, it cannot be downloaded, or a file has changed since.
    """
    if mirror and not mirror.startswith(("http://", "https://")):
        raise ModelError(f"the mirror '{mirror}' is not a web address. Write https://HOST/FOLDER.")
    if name in DEFAULT_MODELS:
        progress.say(f"{name} comes with this program; there is nothing to fetch.")
    else:
        _fetch(require_published(name), cache_folder, mirror, progress)


def fetch_missing(models: Iterable[ModelSpec], cache_folder: Path, progress: Progress) -> None:
    """Download the missing files of the published models that a demo names.

    Raises:
        ModelError: if one of them cannot be downloaded.
    """
    folder = checkpoint_folder(cache_folder)
    for spec in models:
        if spec.name is None or spec.name in DEFAULT_MODELS:
            continue
        # An unknown name is reported when the model is loaded.
        published = find_published(spec.name)
        if published and not all((folder / file.name).is_file() for file in published.files):
            _fetch(published, cache_folder, None, progress)


def _fetch(
    model: PublishedModel, cache_folder: Path, mirror: str | None, progress: Progress
) -> None:
    # The modules that talk to the web take longer to import than most builds take for the rest.
    from builder.download.record import check_download
    from builder.download.transfer import download, web_address

    folder, cache = checkpoint_folder(cache_folder), Cache(cache_folder)
    for file in model.files:
        path = folder / file.name
        # Another process that wants the same file waits here, and then finds it.
        with cache.lock(digest(file.url)):
            if path.is_file():
                check_download(path)
                progress.say(f"{path} is already there and unchanged.")
                continue
            url = web_address(file.url, mirror)
            is_large = file == model.checkpoint
            size = f"about {format_size(model.checkpoint_bytes)}" if is_large else "its vocabulary"
            progress.say(f"{model.name}: downloading {url} ({size}) to {path}")
            download(url, path, progress=progress)
