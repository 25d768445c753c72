"""Firefox and WebKitGTK, driven by the commands of WebDriver.

Playwright drives only browsers that its authors have patched, but for Chromium. WebKitGTK's driver
speaks WebDriver over HTTP. Firefox itself speaks the same commands over a socket (Marionette), so
that no geckodriver, which Debian lacks, is needed.
"""

import http.client
import itertools
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PATIENCE_S = 60
"""How long a busy machine may take for anything."""

Parameters = Mapping[str, Any]
Send = Callable[[str, Parameters], Any]
"""Sends a command with its parameters; returns its value."""

# Where WebDriver has the commands, below a session.
PATHS = {
    "Navigate": "url",
    "SetTimeouts": "timeouts",
    "ExecuteAsyncScript": "execute/async",
    "ElementClick": "element/{id}/click",
    "ElementSendKeys": "element/{id}/value",
    "PerformActions": "actions",
}

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
"""The key under which WebDriver refers to an element."""

# Calls a function, with `all(path)`, which finds elements in shadow roots too: "a >> b" are those
# that match b inside of those that match a.
CALL = """
const args = [...arguments];
const done = args.pop();
const search = (root, selector) => [
  ...root.querySelectorAll(selector),
  ...[root, ...root.querySelectorAll('*')].flatMap(
    ({ shadowRoot }) => (shadowRoot ? search(shadowRoot, selector) : []),
  ),
];
const all = (path) => path.split(' >> ').reduce(
  (roots, selector) => roots.flatMap((root) => search(root, selector)),
  [document],
);
(async () => (%s)(...args))().then(
  (value) => done({ value: value ?? null }),
  (error) => done({ error: String(error) }),
);
"""

# Mozilla's list for tests comes with Marionette; this is what a user's first start adds.
FIREFOX_PREFERENCES = """
user_pref("marionette.port", 0);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
"""


class WebDriverError(Exception):
    """What a browser answered instead of a value."""


class Driver:
    """A page of a browser."""

    def __init__(self, send: Send):
        self._send = send
        send("SetTimeouts", {"script": 1000 * PATIENCE_S, "pageLoad": 1000 * PATIENCE_S})

    def goto(self, url: str) -> None:
        """Open an address, and wait until its page has loaded."""
        self._send("Navigate", {"url": url})
        # Firefox may say so while the last page is still there.
        loaded = "(page) => document.readyState === 'complete' && location.href.startsWith(page)"
        self.wait_for(loaded, url.split("#")[0])

    def evaluate(self, function: str, *args: Any) -> Any:
        """What a JavaScript function returns, or its promise gives; `all(path)` is in scope.

        Raises:
            WebDriverError: if it throws.
        """
        script = {"script": CALL % function, "args": args}
        # Firefox gives nothing if the page is left meanwhile.
        answer = self._send("ExecuteAsyncScript", script) or {"value": None}
        if "error" in answer:
            raise WebDriverError(answer["error"])
        return answer["value"]

    def wait_for(self, function: str, *args: Any) -> Any:
        """What a function returns as soon as that is neither null, false, 0 nor empty."""
        end = time.monotonic() + PATIENCE_S
        while not (value := self.evaluate(function, *args)):
            assert time.monotonic() < end, f"never true: {function} {args}"
            time.sleep(0.05)
        return value

    def click(self, path: str) -> None:
        """Click on the first element of a path, once it is there."""
        self._send("ElementClick", {"id": self._find(path)})

    def type(self, path: str, text: str) -> None:
        """Type into the first element of a path; a file input takes a file's name."""
        self._send("ElementSendKeys", {"id": self._find(path), "text": text})

    def draw(self, path: str, points: Sequence[tuple[float, float]]) -> None:
        """Draw a line with the mouse, through points in parts of an element's sides."""
        box = self.evaluate(
            """(path) => {
              const [element] = all(path);
              element.scrollIntoView({ block: 'center' });
              const { x, y, width, height } = element.getBoundingClientRect();
              return [x, y, width, height];
            }""",
            path,
        )
        left, top, width, height = box
        first, *others = [
            {
                "type": "pointerMove",
                "duration": 50,
                "x": round(left + x * width),
                "y": round(top + y * height),
            }
            for x, y in points
        ]
        down, up = ({"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp"))
        mouse = {"type": "pointer", "id": "mouse", "actions": [first, down, *others, up]}
        self._send("PerformActions", {"actions": [mouse]})

    def _find(self, path: str) -> str:
        return self.wait_for("(path) => all(path)[0]", path)[ELEMENT]


def firefox_path() -> str | None:
    return shutil.which("firefox-esr") or shutil.which("firefox")


def webkit_path() -> str | None:
    """MiniBrowser, which comes with WebKitGTK's driver."""
    browsers = sorted(Path("/usr/lib").glob("*/webkit2gtk-*/MiniBrowser"))
    driver = shutil.which("WebKitWebDriver") and shutil.which("Xvfb")
    return str(browsers[-1]) if browsers and driver else None


@contextmanager
def run_firefox(binary: str, folder: Path) -> Generator[Driver]:
    """Firefox without a screen; `folder` becomes its profile."""
    (folder / "user.js").write_text(FIREFOX_PREFERENCES, encoding="utf-8")
    command = [binary, "--headless", "--marionette", "--no-remote", "--profile", folder]
    with _running(command, folder) as process:
        port = int(_wait_for_text(folder / "MarionetteActivePort", process))
        with socket.create_connection(("127.0.0.1", port), PATIENCE_S * 2) as connection:
            send = _marionette(connection)
            send("NewSession", {})
            yield Driver(send)


@contextmanager
def run_webkit(binary: str, folder: Path) -> Generator[Driver]:
    """WebKitGTK on a screen of its own; `folder` becomes its home."""
    with (folder / "display").open("wb") as display:
        screen = ["Xvfb", "-displayfd", str(display.fileno()), "-screen", "0", "1280x900x24"]
        with _running([*screen, "-nolisten", "tcp"], folder, pass_fds=[display.fileno()]) as xvfb:
            number = _wait_for_text(folder / "display", xvfb).strip()
            with _webkit_driver(binary, folder, f":{number}") as driver:
                yield driver


@contextmanager
def _webkit_driver(binary: str, folder: Path, display: str) -> Generator[Driver]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "DISPLAY": display,
        "HOME": str(folder),
        "XDG_RUNTIME_DIR": str(folder),
        # Its sandbox needs rights that containers lack.
        "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
    }
    command = ["WebKitWebDriver", f"--port={port}"]
    with _running(command, folder, env=environment) as process:
        _wait_for_port(port, process)
        options = {"binary": binary, "args": ["--automation"]}
        wanted = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        created = _ask(port, "POST", "/session", {"capabilities": wanted})
        session = f"/session/{created['sessionId']}"

        def send(name: str, parameters: Parameters) -> Any:
            return _ask(port, "POST", f"{session}/{PATHS[name].format(**parameters)}", parameters)

        yield Driver(send)
        _ask(port, "DELETE", session, None)


def _marionette(connection: socket.socket) -> Send:
    """Commands over Firefox's own socket: JSON after its length, as Marionette has it."""
    stream = connection.makefile("rwb")

    def read() -> Any:
        length = b"".join(iter(lambda: stream.read(1), b":"))
        return json.loads(stream.read(int(length)))

    read()  # its greeting
    numbers = itertools.count(1)

    def send(name: str, parameters: Parameters) -> Any:
        number = next(numbers)
        message = json.dumps([0, number, f"WebDriver:{name}", parameters]).encode()
        stream.write(b"%d:%b" % (len(message), message))
        stream.flush()
        _, answered, error, value = read()
        assert answered == number
        if error:
            raise WebDriverError(error["message"])
        return value["value"] if [*value] == ["value"] else value

    return send


def _ask(port: int, method: str, path: str, parameters: Parameters | None) -> Any:
    """A command over HTTP."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S * 2)
    body = None if parameters is None else json.dumps(parameters)
    connection.request(method, path, body, {"Content-Type": "application/json"})
    response = connection.getresponse()
    value = json.loads(response.read())["value"]
    connection.close()
    if response.status != http.client.OK:
        raise WebDriverError(value["message"])
    return value


@contextmanager
def _running(
    command: Sequence[str | Path],
    folder: Path,
    *,
    pass_fds: Sequence[int] = (),
    env: Mapping[str, str] | None = None,
) -> Generator[subprocess.Popen[bytes]]:
    """A process that ends with the block; what it prints goes into the folder."""
    with (folder / f"{Path(command[0]).name}.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, pass_fds=pass_fds, env=env)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def _wait_for_text(path: Path, process: subprocess.Popen[bytes]) -> str:
    """The text of a file that a process writes, once it is there."""
    end = time.monotonic() + PATIENCE_S
    while not (path.exists() and (text := path.read_text())):
        assert process.poll() is None, f"{process.args} has ended"
        assert time.monotonic() < end, f"{process.args} has not written {path.name}"
        time.sleep(0.05)
    return text


def _wait_for_port(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until a process listens."""
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), PATIENCE_S).close()
            return
        except ConnectionRefusedError:
            assert process.poll() is None, f"{process.args} has ended"
            assert time.monotonic() < end, f"{process.args} does not listen"
            time.sleep(0.05)
