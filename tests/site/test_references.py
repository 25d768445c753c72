"""The files that a manifest names."""

from builder.site.references import referenced_files
from tests.site.sites import FILES, small_manifest


def test_every_part_of_a_manifest_is_searched_for_files():
    assert {ref.url for ref in referenced_files(small_manifest())} == FILES.keys()
