"""Reading what a build wrote."""

import gzip
from pathlib import Path

import numpy as np

from builder.embedding.matrix import StoredMatrix, decode_matrix
from builder.manifest import CompressibleRef, FunctionSiteManifest, MatrixRef, SiteManifest
from builder.site.folder import load_any_manifest


def load_manifest(folder: Path) -> SiteManifest:
    """The manifest of a site of pictures and sentences."""
    manifest = load_any_manifest(folder)
    assert isinstance(manifest, SiteManifest)
    return manifest


def load_function_manifest(folder: Path) -> FunctionSiteManifest:
    """The manifest of a site of functions."""
    manifest = load_any_manifest(folder)
    assert isinstance(manifest, FunctionSiteManifest)
    return manifest


def unpack(ref: CompressibleRef, stored: bytes) -> bytes:
    """What a page has once it decompressed a file."""
    return gzip.decompress(stored) if ref.encoding == "gzip" else stored


def read_file(folder: Path, ref: CompressibleRef) -> bytes:
    """The content of a file of a site."""
    return unpack(ref, (folder / ref.url).read_bytes())


def read_rows(folder: Path, ref: MatrixRef) -> np.ndarray:
    """The rows float32[n, d] of a site."""
    n, d = ref.shape
    return decode_matrix(StoredMatrix(read_file(folder, ref), ref.dtype, (n, d), ref.scale))
