"""Where a site is served, and how others find it."""

import socket
import urllib.request
from pathlib import Path

import pytest
import segno

from builder.errors import BuilderError, SiteError
from builder.publish.serve import (
    describe_exposure,
    make_server,
    normalize_base_path,
    qr_code,
    reachable_host,
    running,
)
from tests.publish.previews import ask


def test_others_are_warned_of_exactly_if_they_can_read_the_site(site: Path):
    for host, is_exposed in (("127.0.0.1", False), ("localhost", False), ("0.0.0.0", True)):
        with make_server(site, port=0, host=host, base_path="/") as server:
            assert (describe_exposure(server) is not None) == is_exposed
    with running(make_server(site, port=0, host="0.0.0.0", base_path="/")) as port:
        assert ask(port, "/", Host="192.168.1.20:8000")[0].status == 200


@pytest.mark.skipif(not socket.has_ipv6, reason="needs IPv6")
@pytest.mark.parametrize("host", ["::1", "[::1]"])
def test_an_ipv6_address_may_be_served_on(site: Path, host: str):
    try:
        server = make_server(site, port=0, host=host, base_path="/")
    except BuilderError:
        pytest.skip("this machine has no IPv6 address")
    with running(server) as port:
        with urllib.request.urlopen(f"http://[::1]:{port}/") as answer:
            assert answer.read() == b"index.html"
        assert not server.is_exposed
    assert reachable_host(host) == "[::1]"


@pytest.mark.parametrize(
    "host", ["no.such.host.invalid", "256.1.1.1", "a" * 300, "a..b", "\0", "ü" * 99]
)
def test_an_address_that_cannot_be_served_on_is_told(site: Path, host: str):
    with pytest.raises(BuilderError, match=r"cannot serve on .*--host"):
        make_server(site, port=0, host=host, base_path="/")


@pytest.mark.parametrize("text", ["demo", "/demo", "demo/", "/demo/"])
def test_a_base_path_may_be_written_in_any_way(text: str):
    assert normalize_base_path(text) == "/demo/"
    assert normalize_base_path("") == normalize_base_path("/") == "/"


def test_a_folder_without_a_site_is_refused(tmp_path: Path):
    for foreign in (None, "", "{}", '{"manifest_version": 3, "name": "an extension"}'):
        if foreign is not None:
            (tmp_path / "manifest.json").write_text(foreign)
        with pytest.raises(SiteError, match="holds no site"):
            make_server(tmp_path, port=0, host="127.0.0.1", base_path="/")


def test_a_port_in_use_is_reported(site: Path, port: int):
    with pytest.raises(BuilderError, match=f"{port}.*--port"):
        make_server(site, port=port, host="127.0.0.1", base_path="/")


def read_terminal(text: str) -> list[list[bool]]:
    """The dark modules of a code: two rows a line, where light ones are drawn."""
    drawn = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}
    rows: list[list[bool]] = []
    for line in text.splitlines():
        upper, lower = zip(*(drawn[character] for character in line), strict=True)
        rows += [[not light for light in row] for row in (upper, lower)]
    return rows


def test_the_qr_code_in_the_terminal_is_that_of_the_address():
    url = "http://192.168.1.20:8000/demo/"
    quiet = 4
    shown = read_terminal(qr_code(url))
    code = [[bool(module) for module in row] for row in segno.make(url, micro=False).matrix]
    size = len(code)
    assert [row[quiet : quiet + size] for row in shown[quiet : quiet + size]] == code
    assert not any(module for row in shown[:quiet] for module in row)
    assert {len(row) for row in shown} == {size + 2 * quiet}


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_a_phone_cannot_follow_a_code_to_another_machine_s_loopback(host: str):
    assert f"cannot reach {host.strip('[]')}" in (text := qr_code(f"http://{host}:8000/"))
    assert "--host 0.0.0.0" in text
    assert "█" not in text


class _Probe:
    """Stands in for the socket whose own address is that of the network."""

    def __init__(self, *_: object):
        self.connected = ""

    def __enter__(self) -> "_Probe":
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def connect(self, address: tuple[str, int]) -> None:
        self.connected = address[0]

    def getsockname(self) -> tuple[str, int]:
        assert self.connected
        return ("192.168.1.20", 5)


class _ProbeWithoutNetwork(_Probe):
    def connect(self, address: tuple[str, int]) -> None:
        raise OSError(101, "Network is unreachable")


def test_a_server_on_all_addresses_is_found_at_that_of_the_network(
    monkeypatch: pytest.MonkeyPatch,
):
    assert reachable_host("10.0.0.7") == "10.0.0.7"
    assert reachable_host("fe80::1") == reachable_host("[fe80::1]") == "[fe80::1]"
    monkeypatch.setattr(socket, "socket", _Probe)
    assert {reachable_host(host) for host in ("0.0.0.0", "::", "")} == {"192.168.1.20"}
    monkeypatch.setattr(socket, "socket", _ProbeWithoutNetwork)
    assert reachable_host("0.0.0.0") == "127.0.0.1"
