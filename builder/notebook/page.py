"""What a notebook does with a demo of any kind: build its site, show it, pack it."""

import shutil
import tempfile
import weakref
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from builder.cache import Cache, default_cache_folder
from builder.notebook.preview import Download, Preview, Previews, QrCode, offer
from builder.progress import Progress
from builder.publish.archive import write_zip
from builder.spec.types import slug

if TYPE_CHECKING:
    from builder.pipeline.made import AnyReport


class Page(ABC):
    """A page that a notebook makes; what is added to it is in the site when that is next needed."""

    def __init__(
        self,
        title: str,
        description: str,
        *,
        language: str,
        links: Sequence[tuple[str, str]],
        max_bytes: int | None,
        offline: bool,
        sharing: Mapping[str, str | Path],
        cache_dir: str | Path | None,
    ) -> None:
        """An empty page; what its options are is said where a kind of page has them."""
        self._title = title
        self._page: Mapping[str, Any] = {
            "title": title,
            "description": description,
            "language": language,
            "links": tuple({"label": label, "url": url} for label, url in links),
            "max_bytes": max_bytes,
            "offline": offline,
            "sharing": dict(sharing),
        }
        self._cache = Cache(Path(cache_dir) if cache_dir else default_cache_folder())
        self._folder = Path(tempfile.mkdtemp(prefix="lit-demo-"))
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._site: Path | None = None
        self._previews = Previews()

    @abstractmethod
    def _write(self, out: Path, progress: Progress) -> "AnyReport":
        """Put the site into the folder `out`; returns its figures."""

    def build(self, out: str | Path) -> None:
        """Build the site into the folder `out`, and print what a visitor downloads.

        Raises:
            BuilderError: for anything that you can fix; `out` is then unchanged.
        """
        # Rich's own bars for notebooks need ipywidgets.
        console = Console(force_jupyter=False, force_terminal=False)
        self._write(Path(out), Progress(console)).show(console)
        self._site = Path(out).resolve()

    def show(self, height: int = 800) -> Preview | None:
        """Show the page in the notebook, in a frame `height` pixels high; build it first if needed.

        A server in this process serves it at an address of this machine, so the browser must run
        here too. In Colab, Colab itself brings the page to the browser, and nothing is returned.
        Elsewhere, and once the notebook is no longer running, a picture of the page stands in the
        place of the frame.
        """
        return self._previews.show(self._built(), height)

    def zip(self, out: str | Path | None = None) -> Path:
        """Write the site as a ZIP and return its path; build it first if needed.

        Without `out`, it is named after the title, in the working directory.
        """
        path = Path(out or f"{slug(self._title) or 'demo'}.zip")
        write_zip(self._built(), path)
        return path

    def download(self, out: str | Path | None = None) -> Download | None:
        """Write the site as a ZIP, as `zip` does, and offer it to the browser.

        Colab downloads it at once, and nothing is returned.
        """
        return offer(self.zip(out))

    def qr_code(self, address: str) -> QrCode:
        """The address of the page as a QR code, for a phone.

        A phone reaches a published page, or the address of a tunnel to this machine, but not the
        address that `show` has.
        """
        return QrCode(address)

    def _built(self) -> Path:
        if self._site is None:
            self.build(self._folder / "site")
        assert self._site is not None
        return self._site
