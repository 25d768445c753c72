"""Downloads models by name from where their authors put them, into the cache."""

from collections.abc import Iterable
from pathlib import Path

from builder.download.address import mask_password, web_address
from builder.download.record import has_all
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
from builder.spec.hub_name import HubName, is_hub_name
from builder.spec.models import ModelSpec


def fetch_model(
    name: str,
    cache_folder: Path,
    *,
    progress: Progress,
    mirror: str | None = None,
    update: bool = False,
) -> None:
    """Download the files of the model of that name that are missing or have changed.

    `mirror` takes the place of Google Storage. With `update`, a model of the Hugging Face hub is
    brought to the newest commit of its revision; other models do not change.

    Raises:
        ModelError: if there is no such model, or it cannot be downloaded.
    """
    if mirror and not mirror.startswith(("http://", "https://")):
        shown = mask_password(mirror)
        raise ModelError(f"the mirror '{shown}' is not a web address. Write https://HOST/FOLDER.")
    if is_hub_name(name):
        _fetch_from_hub(name, cache_folder, progress, update=update, thorough=True)
    elif name in DEFAULT_MODELS:
        progress.say(f"{name} comes with this program; there is nothing to fetch.")
    else:
        _fetch(require_published(name), cache_folder, mirror, progress, thorough=True)


def fetch_missing(models: Iterable[ModelSpec], cache_folder: Path, progress: Progress) -> None:
    """Download the files of the models that a demo names, if missing or changed.

    Raises:
        ModelError: if one of them cannot be downloaded.
    """
    for spec in models:
        if spec.name is None or spec.name in DEFAULT_MODELS:
            continue
        if is_hub_name(spec.name):
            _fetch_from_hub(spec.name, cache_folder, progress, update=False, thorough=False)
            continue
        # An unknown name is reported when the model is loaded.
        published = find_published(spec.name)
        if published and not _has_all(published, checkpoint_folder(cache_folder)):
            _fetch(published, cache_folder, None, progress, thorough=False)


def _has_all(model: PublishedModel, folder: Path) -> bool:
    return has_all((folder / file.name, file.sha256) for file in model.files)


def _fetch_from_hub(
    name: str, cache_folder: Path, progress: Progress, *, update: bool, thorough: bool
) -> None:
    # See `_fetch`.
    from builder.models.hub.download import fetch_hub_model

    fetch_hub_model(
        HubName.parse(name), cache_folder, progress=progress, update=update, thorough=thorough
    )


def _fetch(
    model: PublishedModel,
    cache_folder: Path,
    mirror: str | None,
    progress: Progress,
    *,
    thorough: bool,
) -> None:
    # The modules that talk to the web take longer to import than most builds take for the rest.
    from builder.download.transfer import Wanted, download

    for file in model.files:
        path = checkpoint_folder(cache_folder) / file.name
        url = web_address(file.url, mirror)
        is_large = file == model.checkpoint
        size = f"about {format_size(model.checkpoint_bytes)}" if is_large else "its vocabulary"
        has_come = download(
            Wanted(url, file.sha256, file.max_bytes),
            path,
            progress=progress,
            announcement=f"{model.name}: downloading {mask_password(url)} ({size}) to {path}",
            thorough=thorough,
        )
        if thorough and not has_come:
            progress.say(f"{path} is already there and unchanged.")
