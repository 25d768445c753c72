"""The data files of a site while it is put together, named by their content."""

import hashlib
from dataclasses import dataclass, field

from builder.cache import Cache
from builder.manifest import CompressibleRef, FileRef
from builder.site.compression import compress

_HASH_DIGITS = 10


@dataclass
class Files:
    """Collects files under names that change with their content."""

    content: dict[str, bytes] = field(default_factory=dict[str, bytes])

    def add(self, stem: str, suffix: str, data: bytes) -> FileRef:
        """Keep a file as `stem-HASHsuffix`."""
        return self.add_as(
            f"{stem}-{hashlib.sha256(data).hexdigest()[:_HASH_DIGITS]}{suffix}", data
        )

    def add_as(self, url: str, data: bytes) -> FileRef:
        """Keep a file under exactly this URL."""
        self.content[url] = data
        return refer(url, data)

    def add_compressed(self, stem: str, data: bytes, cache: Cache) -> CompressibleRef:
        """Keep a file as `stem-HASH.bin`, compressed if that saves enough.

        Hosts treat .gz and .json in ways of their own, so the name does not say what is in it.
        """
        packed = compress(data, cache)
        file = self.add(stem, ".bin", packed or data)
        return CompressibleRef(**file.model_dump(), encoding="gzip" if packed else None)


def refer(url: str, data: bytes) -> FileRef:
    """The manifest's entry for a file."""
    return FileRef(url=url, sha256=hashlib.sha256(data).hexdigest(), bytes=len(data))
