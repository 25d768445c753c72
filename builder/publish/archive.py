"""A site as a ZIP, the same bytes for the same site on every machine."""

import os
import stat
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from builder.errors import BuilderError, writing
from builder.file_system import replacing
from builder.publish.content import Content, load_content
from builder.site.own_files import MANIFEST, own_files

_EPOCH = (1980, 1, 1, 0, 0, 0)  # The earliest date that the format knows.
_MODE = stat.S_IFREG | 0o644
_UNIX = 3
_LARGEST_MANIFEST = 100_000_000


@dataclass(frozen=True)
class Archive:
    """What was written: its size, and what a publisher should know."""

    bytes: int
    notes: tuple[str, ...]


def write_zip(site: Path, out: Path) -> Archive:
    """Write the files of a site into the ZIP `out`, whole or not at all.

    Raises:
        SiteError: if the folder holds no site, or its own files have changed since it was built.
        BuilderError: if `out` cannot be written, is inside the site, or is anything but a ZIP of a
            site.
    """
    content = load_content(site)
    with writing(out, "Name another file with -o."):
        _require_replaceable(out, site)
        with replacing(out) as file:
            _write_archive(content, file)
        return Archive(out.stat().st_size, tuple(content.notes()))


def _require_replaceable(out: Path, site: Path) -> None:
    """Refuse what must not become a ZIP; a link in the place of `out` is not followed."""
    if os.path.lexists(out) and not _is_zip_of_site(out):
        kind = "a folder" if out.is_dir() else "not a ZIP of a site"
        raise BuilderError(
            f"{out}: is {kind}, so it is not replaced. Name another file with -o, or remove it"
            " yourself."
        )
    if Path(os.path.realpath(out)).is_relative_to(os.path.realpath(site)):
        raise BuilderError(f"{out}: is inside the site. Name another file with -o.")


def _write_archive(content: Content, file: BinaryIO) -> None:
    # Stored, since deflate's bytes differ between versions of zlib.
    with zipfile.ZipFile(file, "w") as archive:
        for url in content.files:
            entry = zipfile.ZipInfo(url, _EPOCH)
            entry.external_attr = _MODE << 16
            entry.create_system = _UNIX
            archive.writestr(entry, content.read(url))


def _is_zip_of_site(path: Path) -> bool:
    """Whether a file, and not a link or a device, is a ZIP of a site and of nothing else."""
    if not stat.S_ISREG(path.lstat().st_mode):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            entry = archive.getinfo(MANIFEST)
            if entry.file_size > _LARGEST_MANIFEST or entry.compress_type != zipfile.ZIP_STORED:
                return False
            files = {*archive.namelist()}
            named = own_files(
                archive.read(entry), lambda url: archive.read(url) if url in files else None
            )
            return named is not None and files <= {*named, MANIFEST}
    except Exception:
        # Whatever is raised while another file is read: it is not one that this module wrote.
        return False
