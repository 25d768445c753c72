"""A site in a frame of a notebook."""

import base64
import gc
import sys
import urllib.error
import urllib.request
from pathlib import Path
from types import SimpleNamespace

import pytest

from builder.notebook.preview import Preview, Previews, QrCode, offer
from tests.conftest import gradient, jpeg_bytes
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
    assert f'src: "{preview.url}"' in text
    assert 'height: "500"' in text


def test_where_no_script_runs_a_picture_of_the_page_is_seen(site: Path):
    still = jpeg_bytes(gradient(12, 6))
    (site / "sharing").mkdir()
    (site / "sharing" / "preview-0123.jpg").write_bytes(still)
    preview = Previews().show(site, 500)
    assert preview
    assert preview.still == still
    shown, _, script = preview._repr_html_().partition("<script>")  # pyright: ignore[reportPrivateUsage]
    data = base64.b64encode(still).decode()
    assert f'<img src="data:image/jpeg;base64,{data}" alt="A picture of the page" />' in shown
    assert "while the notebook runs on this computer" in shown
    assert f'<a href="{preview.url}"' in shown
    assert "iframe" not in shown
    assert "iframe" in script


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


def test_a_file_is_offered_by_a_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    Path("a demo.zip").write_bytes(bytes(1_230_000))
    offered = offer(Path("a demo.zip"))
    assert offered is not None
    text = offered._repr_html_()  # pyright: ignore[reportPrivateUsage]
    assert text == '<a href="a%20demo.zip" download>a demo.zip</a>, 1.23 MB'


def test_colab_downloads_a_file_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    downloaded: list[str] = []
    colab = SimpleNamespace(files=SimpleNamespace(download=downloaded.append))
    monkeypatch.setitem(sys.modules, "google", SimpleNamespace(colab=colab))
    monkeypatch.setitem(sys.modules, "google.colab", colab)
    assert offer(tmp_path / "demo.zip") is None
    assert downloaded == [str(tmp_path / "demo.zip")]


def test_a_qr_code_holds_the_address():
    shown = QrCode("https://a.example/demo/")._repr_svg_()  # pyright: ignore[reportPrivateUsage]
    other = QrCode("https://b.example/demo/")._repr_svg_()  # pyright: ignore[reportPrivateUsage]
    assert shown.startswith("<svg")
    assert shown != other
