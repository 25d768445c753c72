"""Which files of a site's folder are published."""

from collections.abc import Mapping
from pathlib import Path

from builder.site.bundle import referenced_files
from builder.site.folder import MANIFEST, load_any_manifest, require_whole_site


def published_files(site: Path) -> Mapping[str, Path]:
    """The files of a site by URL, in the order of their names: the manifest and all it names.

    `report.json` is left out: the page does not read it, and the seconds in it would make every
    build a different site.

    Raises:
        SiteError: if the folder holds no site, or has changed since it was built.
    """
    require_whole_site(site)
    urls = {ref.url for ref in referenced_files(load_any_manifest(site))} | {MANIFEST}
    return {url: site / url for url in sorted(urls)}
