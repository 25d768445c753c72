"""The cache that huggingface_hub keeps for all programs of a user, below `HF_HOME`."""

import shutil
from pathlib import Path

from builder.listing import is_unchanged
from builder.models.hub.store import HubFile, Snapshot


def take_shared_copy(snapshot: Snapshot, file: HubFile, target: Path) -> bool:
    """Whether a file was there as the hub lists it, and is now at `target` too.

    It takes no more room where both caches are on one disk. Nothing in the shared one changes.
    """
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(snapshot.repository, file.name, revision=snapshot.commit)
    if not isinstance(found, str) or not _is_listed(path := Path(found).resolve(), file):
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = target.with_name(f"{target.name}.copy")
    scratch.unlink(missing_ok=True)
    try:
        scratch.hardlink_to(path)
    except OSError:  # on another disk, or on one without links
        shutil.copyfile(path, scratch)
    scratch.replace(target)
    return True


def _is_listed(path: Path, file: HubFile) -> bool:
    """Whether a file is the one of the list, as far as the hub knows it."""
    if not path.is_file() or file.bytes is None or path.stat().st_size != file.bytes:
        return False
    return is_unchanged(path, file.sha256)
