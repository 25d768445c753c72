"""A site in a frame of a notebook."""

import gc
import sys
import urllib.error
import urllib.request
from pathlib import Path
from types import SimpleNamespace

import pytest

from builder.publish.preview import Preview, Previews
from tests.site.sites import write_small_site


@pytest.fixture
def site(tmp_path: Path) -> Path:
    write_small_site(tmp_path / "site")
    return tmp_path / "site"


def read(url: str) -> str:
    with urllib.request.urlopen(url) as answer:
        return answer.read().decode()


def test_the_page_is_served_in_a_frame(site: Path):
    previews = Previews()
    preview = previews.show(site, 500)
    assert preview
    assert read(preview.url) == "index.html"
    text = preview._repr_html_()  # pyright: ignore[reportPrivateUsage]
    assert text == (f'<iframe src="{preview.url}" width="100%" height="500" title="Demo"></iframe>')


def test_an_address_cannot_leave_its_frame():
    text = Preview('"><b>', 1)._repr_html_()  # pyright: ignore[reportPrivateUsage]
    assert "<b>" not in text


def test_a_folder_is_served_once_and_another_one_elsewhere(site: Path, tmp_path: Path):
    previews = Previews()
    write_small_site(tmp_path / "other")
    first, again, other = (previews.show(folder, 9) for folder in (site, site, tmp_path / "other"))
    assert first == again
    assert other
    assert other != first


def test_the_server_ends_with_the_object(site: Path):
    previews = Previews()
    preview = previews.show(site, 500)
    assert preview
    del previews
    gc.collect()
    with pytest.raises(urllib.error.URLError):
        read(preview.url)


def test_colab_brings_the_page_to_the_browser_itself(site: Path, monkeypatch: pytest.MonkeyPatch):
    shown: list[tuple[int, str]] = []

    def show(port: int, height: str) -> None:
        shown.append((port, height))

    colab = SimpleNamespace(output=SimpleNamespace(serve_kernel_port_as_iframe=show))
    monkeypatch.setitem(sys.modules, "google", SimpleNamespace(colab=colab))
    monkeypatch.setitem(sys.modules, "google.colab", colab)
    previews = Previews()
    assert previews.show(site, 321) is None
    ((port, height),) = shown
    assert height == "321"
    assert read(f"http://127.0.0.1:{port}/") == "index.html"
    asked = urllib.request.Request(
        f"http://127.0.0.1:{port}/", headers={"Host": "x-colab.googleusercontent.com"}
    )
    with urllib.request.urlopen(asked) as answer:
        assert answer.status == 200, "Colab's proxy asks under its own name"
