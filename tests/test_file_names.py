"""Paths that are one and the same file on every system, in git, in a ZIP and on the web."""

import pytest
from pydantic import ValidationError

from builder.file_names import find_flaw
from builder.manifest import FileRef

GOOD = [
    "index.html",
    ".nojekyll",
    "_headers",
    "assets/main-0123456789.js",
    "a b/größer 東京.png",
    "a..b",
    "...a",
    "images/cat-448-0123456789.jpg",
    "console.js",
    "comet/lpt.js",
    "nullable",
    "a~b",
    "git",
    "page.js~",
    "x/.well-known/y",
    "a" * 255,
    "😀.png",
]

BAD = {
    "elsewhere": [
        "",
        "/",
        "/etc/passwd",
        "//host/x",
        "a//b",
        "a/",
        "..",
        "../x",
        "a/../b",
        ".",
        "a/./b",
    ],
    "Windows": [
        "a\\b",
        "..\\x",
        "C:/x",
        "c:x",
        "a/C:\\x",
        "\\\\host\\x",
        "a:b",
        "a?b",
        "a*b",
        "a|b",
        "<a>",
        'a"b',
        "con",
        "CON",
        "Aux.js",
        "a/nul",
        "NUL.tar.gz",
        "COM1",
        "com9.txt",
        "lpt0",
        "COM\u00b9",
        "CONIN$",
        "nul .txt",
        "a.",
        "a ",
        " a",
        "a./b",
        "a /b",
        "...",
        "PROGRA~1",
        "abc~1.txt",
    ],
    "git": [
        ".git",
        ".GIT",
        "a/.git/config",
        "git~1",
        "GIT~1",
        "git~2",
        ".git ",
        ".git.",
        ".git . .",
        ".git::$INDEX_ALLOCATION",
        ".git:x",
        ".g\u200cit",
        ".gi\u200dt",
        ".\ufeffgit",
        ".g\u202eit",
        "\uff0egit",
        ".gitmodules",
        "GI7EBA~1",
        ".gitattributes",
        ".github/workflows",
    ],
    "unseen": [
        "a\nb",
        "a\rb",
        "a\0b",
        "a\tb",
        "a\x7fb",
        "a\x85b",
        "a\u2028b",
        "a\u2029b",
        "a\x1bb",
        "a\ud800b",
        "a\u200bb",
        "\uff0e\uff0e",
    ],
    "addresses": ["a%2e%2e", "100%.png", "a#b", "https://a.b/c", "data:,x", "javascript:alert(1)"],
    "long": ["a" * 256, "ü" * 128, "/".join(["a" * 200] * 6)],
}


@pytest.mark.parametrize("path", GOOD)
def test_a_path_that_is_the_same_everywhere_has_no_flaw(path: str):
    assert find_flaw(path) is None
    assert FileRef(url=path, sha256="0" * 64, bytes=0).url == path


@pytest.mark.parametrize(
    "path", [path for paths in BAD.values() for path in paths], ids=lambda path: ascii(path)[:40]
)
def test_no_manifest_names_a_file_that_is_another_one_elsewhere(path: str):
    assert find_flaw(path)
    with pytest.raises(ValidationError, match="url"):
        FileRef(url=path, sha256="0" * 64, bytes=0)
