"""Reading what a build wrote."""

from pathlib import Path

from builder.manifest import SiteManifest
from builder.site.folder import load_any_manifest


def load_manifest(folder: Path) -> SiteManifest:
    """The manifest of a site of pictures and sentences."""
    manifest = load_any_manifest(folder)
    assert isinstance(manifest, SiteManifest)
    return manifest
