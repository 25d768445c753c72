"""What a notebook shows of a site: its page in a frame, a link to a ZIP, a QR code."""

import base64
import html
import json
import sys
import threading
import urllib.parse
import uuid
import weakref
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from pathlib import Path

import segno

from builder.publish.serve import make_server
from builder.site.sharing import PREVIEW

_STILL = f"{PREVIEW}*.jpg"
"""The picture for links to the page, which sites of pictures have."""

# Where a notebook is stored, or shown by another machine, no script runs, or the address leads
# nowhere. A browser asks its user before a page from elsewhere may open one of this machine.
_LIVE = """
<div id="{id}">{still}<p>The page itself is here while the notebook runs on this computer:
<a href="{url}" target="_blank">open it</a>, or run the notebook again.</p></div>
<script>
(() => {{
  const here = ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);
  if (!here && location.protocol !== "vscode-webview:") return;
  fetch({address}, {{ mode: "no-cors" }}).then(() => {{
    const frame = document.createElement("iframe");
    Object.assign(frame, {{ src: {address}, title: "Demo", width: "100%", height: "{height}" }});
    document.getElementById("{id}").replaceChildren(frame);
  }}, () => {{}});
}})();
</script>
"""


@dataclass(frozen=True)
class Preview:
    """A page in a frame of `height` pixels, which is how a notebook shows it.

    `still` is a picture of the page (JPEG) for where the frame would be empty.
    """

    url: str
    height: int
    still: bytes | None = field(default=None, repr=False)

    def _repr_html_(self) -> str:
        still = ""
        if self.still:
            data = base64.b64encode(self.still).decode()
            still = f'<img src="data:image/jpeg;base64,{data}" alt="A picture of the page" />'
        return _LIVE.format(
            id=f"lit-demo-{uuid.uuid4().hex}",
            still=still,
            url=html.escape(self.url),
            # As it may stand in a script of a page.
            address=json.dumps(self.url).replace("<", "\\u003c"),
            height=self.height,
        )


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
        still = next(site.glob(_STILL), None)
        return Preview(f"http://127.0.0.1:{port}/", height, still and still.read_bytes())

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


@dataclass(frozen=True)
class Download:
    """A link to a file beside the notebook."""

    path: Path

    def _repr_html_(self) -> str:
        name, size = self.path.as_posix(), self.path.stat().st_size / 1e6
        link = f'<a href="{urllib.parse.quote(name)}" download>{html.escape(name)}</a>'
        return f"{link}, {size:.2f} MB"


def offer(file: Path) -> Download | None:
    """A link to a file; None in Colab, which downloads it at once."""
    if _is_colab():
        from google.colab import files  # pyright: ignore[reportMissingImports]

        files.download(str(file))
        return None
    return Download(file)


@dataclass(frozen=True)
class QrCode:
    """An address that a phone can read from the screen."""

    address: str

    def _repr_svg_(self) -> str:
        return segno.make(self.address, micro=False).svg_inline(scale=5, border=4, light="#fff")


def _is_colab() -> bool:
    return "google.colab" in sys.modules


def _stop(server: ThreadingHTTPServer) -> None:
    server.shutdown()
    server.server_close()
