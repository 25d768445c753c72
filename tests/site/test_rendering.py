"""Templates of authors run in a sandbox, and every mistake in them has a file and a line."""

import itertools
import sys
from pathlib import Path
from typing import Any

import pytest

from builder.errors import BuilderError
from builder.manifest import SiteManifest
from builder.site import rendering
from builder.site.rendering import render
from builder.site.template import Template
from tests.site.builds import APP, ONE_LICENSE
from tests.site.sites import small_manifest

NAME = "page.html.j2"


def render_text(folder: Path, page: str | bytes, **values: Any) -> str:
    data = page if isinstance(page, bytes) else page.encode()
    (folder / NAME).write_bytes(data)
    return render(folder, NAME, values)


def message_of(folder: Path, page: str | bytes, **values: Any) -> str:
    with pytest.raises(BuilderError) as caught:
        render_text(folder, page, **values)
    return str(caught.value)


MISTAKES = {
    "{{ 1 + 'a' }}": "TypeError: unsupported operand",
    "{{ 1 / 0 }}": "ZeroDivisionError",
    "{{ [][1] }}": "no element 1",
    "{{ {}['a'] }}": "no attribute 'a'",
    "{{ none.x }}": "'None' has no attribute 'x'",
    "{{ undefined_name }}": "'undefined_name' is undefined",
    "{{ 'a'|no_such_filter }}": "No filter named 'no_such_filter'",
    "{{ 'a' is no_such_test }}": "No test named 'no_such_test'",
    "{% no_such_tag %}": "unknown tag 'no_such_tag'",
    "{% if %}": "Expected an expression",
    "{{ 'a' }": "unexpected '}'",
    "{% block a %}": "Unexpected end of template",
    "{{ 1() }}": "'int' object is not callable",
    "{{ 'a'.encode('no-such') }}": "LookupError",
    "{{ '%d' % 'a' }}": "TypeError: %d format",
    "{{ '{}'.format() }}": "IndexError",
    "{{ [1, 'a']|sort }}": "TypeError",
    "{{ range(10**9) }}": "Range too big",
    "{{ 'a' * 10**11 }}": "OverflowError",
    "{{ 10**11 * 'a' }}": "OverflowError",
    "{{ [0] * 10**11 }}": "OverflowError",
    "{{ 10**(10**10) }}": "OverflowError: a power",
    "{% include 'none.html' %}": "there is no template 'none.html'",
    "{% extends 'none.html' %}": "there is no template 'none.html'",
    "{% import 'none.html' as x %}": "there is no template 'none.html'",
    "{% include '../x' %}": "there is no template '../x'",
    "{% include '/etc/passwd' %}": "there is no template '/etc/passwd'",
    "{% include 1 %}": "TypeError",
    "{{ asset('x') }}": "'asset' is undefined",
    "{{ ''.__class__.__mro__ }}": "access to attribute '__class__' of 'str' object is unsafe",
    "{{ ''['__class__'] }}": "access to attribute '__class__'",
    "{{ ''|attr('__class__') }}": "access to attribute '__class__'",
    "{{ '{0.__class__}'.format('') }}": "access to attribute '__class__'",
    "{{ cycler.__init__.__globals__ }}": "access to attribute '__init__'",
    "{{ lipsum.__globals__ }}": "access to attribute '__globals__'",
    "{{ self.__init__ }}": "access to attribute '__init__'",
}


@pytest.mark.parametrize("page", MISTAKES)
def test_a_mistake_is_told_with_its_file_and_line(tmp_path: Path, page: str):
    text = message_of(
        tmp_path, f"<p>\n\n{page}\n</p>" if page != "{% block a %}" else f"\n\n{page}"
    )
    assert text.startswith(f"{tmp_path / NAME}:3: "), text
    assert MISTAKES[page] in text


def test_the_line_is_that_of_the_file_in_which_the_mistake_is(tmp_path: Path):
    (tmp_path / "part.html").write_text("\n\n\n{{ 1 / 0 }}")
    assert message_of(tmp_path, "{% include 'part.html' %}").startswith(f"{tmp_path}/part.html:4: ")
    (tmp_path / "part.html").write_text("\n{# no end")
    assert message_of(tmp_path, "{% include 'part.html' %}").startswith(f"{tmp_path}/part.html:2: ")
    macro = "{% macro m() %}\n{{ 1 / 0 }}\n{% endmacro %}\n{{ m() }}"
    assert message_of(tmp_path, macro).startswith(f"{tmp_path / NAME}:2: ")


@pytest.mark.parametrize(
    "page",
    [
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% include 'page.html.j2' %}",
        "{% extends 'page.html.j2' %}",
        "{% import 'page.html.j2' as x %}",
        "{% block a %}{{ self.a() }}{% endblock %}",
        f"{{{{ {'(' * 3000}1{')' * 3000} }}}}",
        f"{{{{ {'-' * 3000}1 }}}}",
        f"{{{{ {'[' * 3000}{']' * 3000} }}}}",
    ],
    ids=lambda page: page[:30],
)
def test_recursion_without_end_ends(tmp_path: Path, page: str):
    text = message_of(tmp_path, page)
    assert text.startswith(f"{tmp_path / NAME}")
    assert "without end" in text


@pytest.mark.parametrize("depth", [21, 60])
def test_blocks_nested_too_deeply_are_told(tmp_path: Path, depth: int):
    page = "{% for a in [1] %}" * depth + "{% endfor %}" * depth
    assert message_of(tmp_path, page).startswith(f"{tmp_path / NAME}")


@pytest.mark.parametrize(
    "page",
    [
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{% set x = range(99999)|list %}{% for a in x %}{% for b in x %}{% endfor %}{% endfor %}",
        "{{ lipsum(n=10**9) }}",
        "{% for a in range(9999) %}{{ 'x' * 1000000 }}{% endfor %}",
    ],
)
def test_loops_without_end_end(tmp_path: Path, page: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(rendering, "_MOST_STEPS", 100_000)
    text = message_of(tmp_path, page)
    assert text.startswith(f"{tmp_path / NAME}:1: "), text
    assert "OverflowError: the page" in text


def test_a_value_that_grows_without_end_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    # What this process has had depends on the tests before.
    peaks = itertools.count(0, 100_000_000)
    monkeypatch.setattr(rendering, "_peak_bytes", lambda: next(peaks))
    page = """
{% set ns = namespace(x='a' * 1000) %}
{% for i in range(18) %}
{% set ns.x = ns.x ~ ns.x %}
{% endfor %}
"""
    text = message_of(tmp_path, page)
    assert text.startswith(f"{tmp_path / NAME}")
    assert "it needs more memory than there is" in text


@pytest.mark.parametrize("name", [NAME, "part.html"])
@pytest.mark.parametrize(
    ("data", "line"), [(b"\xff", 1), (b"a\nb\n\xe4", 3), ("a\nb".encode("utf-16"), 1)]
)
def test_a_file_that_is_not_text_is_told_with_the_line(
    tmp_path: Path, name: str, data: bytes, line: int
):
    (tmp_path / "part.html").write_bytes(data)
    page = data if name == NAME else b"{% include 'part.html' %}"
    text = message_of(tmp_path, page)
    assert text.startswith(f"{tmp_path / name}:{line}: is not text in UTF-8")


def test_an_include_cannot_leave_the_folder_or_see_what_is_hidden(tmp_path: Path):
    folder = tmp_path / "mine"
    (folder / ".git").mkdir(parents=True)
    (folder / ".git" / "config").write_text("token")
    (folder / "folder").mkdir()
    (tmp_path / "secret").write_text("token")
    (folder / "link").symlink_to(tmp_path / "secret")
    (folder / "also").symlink_to(".git/config")
    (folder / "above").symlink_to(tmp_path)
    for name, reason in {
        ".git/config": "hidden",
        "link": "a link that leaves the folder",
        "also": "a link to something hidden",
        "above/secret": "a link that leaves the folder",
        "folder": "Is a directory",
        "a/../../secret": "no template",
        "\\\\..\\\\secret": "no template",
        "above/../secret": "no template",
        "link\\0": "no template",
    }.items():
        text = message_of(
            folder, f"{{% include '{name}' ignore missing with context %}}x{{{{ 1/0 }}}}"
        )
        assert "token" not in text
        assert reason in text or "ZeroDivisionError" in text
    (folder / "page.html.j2").unlink()
    (folder / "page.html.j2").symlink_to(tmp_path / "secret")
    with pytest.raises(BuilderError, match="a link that leaves the folder"):
        render(folder, NAME, {})


def test_a_link_within_the_folder_is_included(tmp_path: Path):
    (tmp_path / "part.html").write_text("part")
    (tmp_path / "link.html").symlink_to("part.html")
    assert render_text(tmp_path, "a {% include 'link.html' %}") == "a part"


def test_a_manifest_is_data_that_reads_no_files(tmp_path: Path):
    (tmp_path / "x.json").write_text(small_manifest().model_dump_json(by_alias=True))

    def page(text: str) -> str:
        (tmp_path / NAME).write_text(text)
        return Template(tmp_path, APP, {}, {}, APP, ONE_LICENSE).render(
            small_manifest(), "manifest.json"
        )

    assert hasattr(SiteManifest, "parse_file"), "why a template does not get the model itself"
    with pytest.raises(BuilderError, match="no attribute 'parse_file'"):
        page(f"{{{{ manifest.parse_file('{tmp_path}/x.json').title }}}}")
    assert page("{{ manifest.images[0].credit.author is none }}") == "True"


def test_what_traces_this_process_still_does_afterwards(tmp_path: Path):
    before = sys.gettrace()
    assert render_text(tmp_path, "{{ x }}", x="<b>") == "&lt;b&gt;"
    message_of(tmp_path, "{{ 1 / 0 }}")
    assert sys.gettrace() is before
