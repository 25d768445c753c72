"""A site in a frame of a notebook, from a server in the notebook's own process."""

import html
import sys
import threading
import weakref
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from pathlib import Path

from builder.publish.serve import make_server


@dataclass(frozen=True)
class Preview:
    """A page in a frame of `height` pixels, which is how a notebook shows it."""

    url: str
    height: int

    def _repr_html_(self) -> str:
        url = html.escape(self.url)
        return f'<iframe src="{url}" width="100%" height="{self.height}" title="Demo"></iframe>'


class Previews:
    """Servers of folders, which stop when this object is deleted."""

    def __init__(self) -> None:
        self._ports: dict[Path, int] = {}

    def show(self, site: Path, height: int) -> Preview | None:
        """Show the page of a folder; None in Colab, which brings it to the browser itself."""
        port = self._serve(site)
        if _is_colab():
            from google.colab import output  # pyright: ignore[reportMissingImports]

            output.serve_kernel_port_as_iframe(port, height=str(height))
            return None
        return Preview(f"http://127.0.0.1:{port}/", height)

    def _serve(self, site: Path) -> int:
        """Start to serve a folder; returns the port."""
        if site not in self._ports:
            # Colab's proxy may ask under its own name; no browser runs on Colab's machine.
            proxies = None if _is_colab() else ()
            server = make_server(site, port=0, host="127.0.0.1", base_path="/", proxies=proxies)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            weakref.finalize(self, _stop, server)
            self._ports[site] = server.server_address[1]
        return self._ports[site]


def _is_colab() -> bool:
    return "google.colab" in sys.modules


def _stop(server: ThreadingHTTPServer) -> None:
    server.shutdown()
    server.server_close()
