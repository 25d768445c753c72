import pytest

from builder.errors import SiteError
from builder.site.budget import MONTHLY_BYTES, Budget, check_size, measure_budget

FILES = {"a.js": bytes(10), "models/b.bin": bytes(3000), "c.jpg": bytes(200), "d": b""}


def test_the_budget_says_how_many_visits_the_host_allows():
    assert measure_budget(FILES, 50_000_000, None) == Budget(
        bytes_per_visit=50_000_000,
        visits_per_month=MONTHLY_BYTES // 50_000_000,
        largest_file="models/b.bin",
        largest_file_bytes=3000,
        max_bytes=None,
    )


def test_a_site_within_the_limit_or_without_one_passes():
    check_size(FILES, None)
    check_size(FILES, 3210)


def test_a_site_over_the_limit_is_refused_with_its_largest_files():
    with pytest.raises(SiteError, match="has 3,210 bytes, more than max_bytes = 3,209") as caught:
        check_size(FILES, 3209)
    listed = [line.split() for line in str(caught.value).splitlines()[1:4]]
    assert listed == [["3,000", "models/b.bin"], ["200", "c.jpg"], ["10", "a.js"]]
