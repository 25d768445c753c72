"""The preview of a demo under work: its site, news of it, and the page for its author."""

import json
import urllib.parse
from http import HTTPStatus
from typing import Any

from builder.dev.crops import move_crop
from builder.dev.whole_pictures import Version, draw, measure
from builder.dev.workshop import Workshop
from builder.errors import BuilderError, ImageError
from builder.publish.requests import Service, SiteHandler
from builder.publish.serve import SiteServer, listen
from builder.publish.served_files import ServedFolder, decode_path
from builder.resources import web_folder
from builder.spec.demo import DemoSpec
from builder.spec.images import ImageSpec

HOST = "127.0.0.1"
DESK = "/_dev/"
"""Where the author's page is; whatever else only this server has is below it."""

_NEWS = f"{DESK}news"
_STATE = f"{DESK}state.json"
_PICTURES = f"{DESK}pictures/"
_CROPS = f"{DESK}crops/"
_WAITING = "waiting.html"
_SCRIPT = '<script type="module" src="{desk}live.js?build={build}"></script>'
_HEARTBEAT_S = 5
"""How long until a page that has left is noticed."""

_PRIVATE = {"Cache-Control": "no-store", "Cross-Origin-Resource-Policy": "same-origin"}


def make_server(workshop: Workshop, port: int, *, verbose: bool = False) -> SiteServer:
    """A server for this machine alone, bound but not yet running; port 0 takes any free one.

    Raises:
        BuilderError: if the port cannot be bound, or the web app is not built.
    """
    desk = ServedFolder(web_folder() / "dev")
    service = Service(ServedFolder(workshop.folder), "/", (), verbose)

    def handle(*args: Any, service: Service) -> DevHandler:
        return DevHandler(*args, service=service, workshop=workshop, desk=desk)

    return listen(service, HOST, port, handle)


class DevHandler(SiteHandler):
    """Serves the site with a script in its pages that shows news, and the author's page."""

    methods = ("GET", "HEAD", "POST")

    def __init__(self, *args: Any, service: Service, workshop: Workshop, desk: ServedFolder):
        self._workshop = workshop
        self._desk = desk
        super().__init__(*args, service=service)

    def serve(self) -> None:
        """Answer a request that is for this server."""
        path = decode_path(self.path) or ""
        if self.command == "POST" and path.startswith(_CROPS):
            self._move_crop(path.removeprefix(_CROPS))
        elif self.command == "POST":
            self.refuse(HTTPStatus.METHOD_NOT_ALLOWED, "Only crops can be changed.")
        elif path == _NEWS:
            self._send_news()
        elif path == _STATE:
            self._send_private("application/json", json.dumps(self._describe()).encode())
        elif path.startswith(_PICTURES):
            self._send_picture(path.removeprefix(_PICTURES))
        elif path.startswith(DESK):
            self.serve_folder(self._desk, DESK)
        elif not self._send_page(path):
            super().serve()

    def _send_page(self, path: str) -> bool:
        """Send a page with the script in it; False if the path is that of something else."""
        build = self._workshop.board.news.build
        folder, url = self.service.folder, self.service.folder.find(path.removeprefix("/"))
        if url is None or not url.endswith(".html"):
            return False
        if not build:
            folder, url = self._desk, _WAITING
        file = folder.open(url)
        if file is None:
            return False
        with file:
            page = file.read()
        script = _SCRIPT.format(desk=DESK, build=build).encode()
        head, end, rest = page.partition(b"</head>")
        body = head + script + end + rest
        self._send_private("text/html; charset=utf-8", body)
        return True

    def _send_news(self) -> None:
        """Send the latest news, and all that follow, until the page leaves.

        https://html.spec.whatwg.org/multipage/server-sent-events.html
        """
        self.close_connection = True
        self.send_head(
            HTTPStatus.OK, {**_PRIVATE, "Content-Type": "text/event-stream", "Connection": "close"}
        )
        known = None
        while self.command == "GET":
            news = self._workshop.board.wait(known, _HEARTBEAT_S)
            event = ":\n\n" if news == known else f"data: {news.to_json()}\n\n"
            self.wfile.write(event.encode())
            known = news

    def _send_picture(self, image_id: str) -> None:
        image = self._find_image(image_id)
        try:
            data = image and draw(Version.of(image.file))
        except (ImageError, OSError):
            data = None  # As the news say.
        if data:
            self._send_private("image/jpeg", data)
        else:
            self.refuse(HTTPStatus.NOT_FOUND, f"The picture '{image_id}' cannot be shown.")

    def _move_crop(self, image_id: str) -> None:
        """Write a focal point, given as `?x=0.5&y=0.3`, for a page of this server alone."""
        if self.headers.get("Origin") != f"http://{self.headers.get('Host')}":
            self.refuse(HTTPStatus.FORBIDDEN, "Only this server's own pages may change anything.")
            return
        query = urllib.parse.parse_qs(self.path.partition("?")[2])
        try:
            x, y = (float(query[name][0]) for name in ("x", "y"))
        except (KeyError, ValueError):
            self.refuse(HTTPStatus.BAD_REQUEST, "A crop is moved to a point: ?x=0.5&y=0.3")
            return
        try:
            move_crop(self._workshop.path, image_id, (x, y))
        except BuilderError as error:
            self.refuse(HTTPStatus.CONFLICT, str(error))
        else:
            self._send_private("text/plain; charset=utf-8", b"")

    def _describe(self) -> dict[str, Any]:
        """What the author's page shows of the last site, beside what is in its manifest."""
        workshop, spec = self._workshop, self._workshop.spec
        images = spec.images if isinstance(spec, DemoSpec) else ()
        return {
            "spec": str(workshop.path),
            "notes": workshop.notes,
            "pictures": [_describe_image(image) for image in images],
        }

    def _find_image(self, image_id: str) -> ImageSpec | None:
        spec = self._workshop.spec
        images = spec.images if isinstance(spec, DemoSpec) else ()
        return next((image for image in images if image.id == image_id), None)

    def _send_private(self, kind: str, body: bytes) -> None:
        self.send_body(HTTPStatus.OK, kind, body, _PRIVATE)


def _describe_image(image: ImageSpec) -> dict[str, Any]:
    """A picture of the author's; without a size if it is not there any more."""
    try:
        version = Version.of(image.file)
        size = measure(version)
    except (ImageError, OSError):
        version = size = None
    return {
        "id": image.id,
        "version": str(version and version.changed_ns),
        "description": image.description,
        "size": size,
        "focalPoint": image.focal_point,
        "crop": image.crop,
    }
