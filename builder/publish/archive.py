"""A site as a ZIP, the same bytes for the same site on every machine."""

import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from builder.errors import BuilderError, writing
from builder.file_system import replacing
from builder.publish.content import published_files

_EPOCH = (1980, 1, 1, 0, 0, 0)  # The earliest date that the format knows.
_MODE = stat.S_IFREG | 0o644
_UNIX = 3


def write_zip(site: Path, out: Path) -> int:
    """Write the files of a site into the ZIP `out`, whole or not at all; returns its bytes.

    Raises:
        SiteError: if the folder holds no site, or has changed since it was built.
        BuilderError: if `out` cannot be written, or is inside the site.
    """
    files = published_files(site)
    if out.is_dir() or out.resolve().is_relative_to(site.resolve()):
        raise BuilderError(f"{out}: is a folder, or is inside the site. Name another file with -o.")
    with writing(out, "Name another file with -o."), replacing(out) as file:
        _write_archive(files, file)
    return out.stat().st_size


def _write_archive(files: Mapping[str, Path], file: BinaryIO) -> None:
    # Stored, since deflate's bytes differ between versions of zlib.
    with zipfile.ZipFile(file, "w") as archive:
        for url, path in files.items():
            entry = zipfile.ZipInfo(url, _EPOCH)
            entry.external_attr = _MODE << 16
            entry.create_system = _UNIX
            archive.writestr(entry, path.read_bytes())
