"""Where another machine can install this program from: as it was installed here.

The record is `direct_url.json` of the installed package (PEP 610), which packages of an index lack.
"""

import json
from importlib import metadata
from pathlib import Path
from urllib.parse import unquote, urlsplit

from builder.errors import BuilderError
from builder.version import NAME, __version__


def find_requirement() -> str | Path:
    """What pip installs elsewhere, or the wheel on this machine that it was installed from.

    Raises:
        BuilderError: if it was installed from a folder, which other machines do not have.
    """
    try:
        record = metadata.distribution(NAME).read_text("direct_url.json")
    except metadata.PackageNotFoundError:
        record = '{"url": "file:", "dir_info": {}}'
    if record is None:
        return f"{NAME}=={__version__}"
    return _read_record(json.loads(record))


def _read_record(record: dict[str, object]) -> str | Path:
    url = str(record["url"])
    if url.startswith("file:"):
        wheel = Path(unquote(urlsplit(url).path))
        if "archive_info" in record and wheel.is_file():
            return wheel
        raise BuilderError(
            "this program was installed from a folder, where GitHub cannot install it from. Run"
            " `make wheel` there, and name the wheel: --wheel dist/NAME.whl"
        )
    match record.get("vcs_info"):
        case {"vcs": vcs, "commit_id": commit}:
            return f"{NAME} @ {vcs}+{url}@{commit}"
        case _:
            return f"{NAME} @ {url}"
