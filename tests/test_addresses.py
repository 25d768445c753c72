"""Web addresses of pages and of folders of data."""

import pytest

from builder.addresses import (
    find_address_flaw,
    find_folder_flaw,
    find_secrets,
    is_loopback,
    mask_secrets,
    origin_of,
)

PAGES = [
    "https://arxiv.org/abs/2111.07991",
    "http://example.org",
    "https://a.b:8443/c?d=e&f#g",
    "https://münchen.example/straße",
    "https://[2001:db8::1]:443/",
    "http://192.0.2.1/x",
    "https://xn--mnchen-3ya.example/",
    "https://a_b.s3.amazonaws.com/",
    "https://a/x,y;z(w)",
    "https://en.wikipedia.org/wiki/Schrödinger's_cat",
]

FOLDERS = [
    "https://storage.googleapis.com/my-bucket/demo/",
    "https://a",
    "https://a/b",
    "https://a:8443/",
    "http://localhost:8000/",
    "http://127.0.0.1/",
    "http://127.9.9.9/",
    "http://[::1]:8000/x/",
    "https://[2001:db8::1]/",
    "https://a/%7Eann/b%20c/",
    "https://a/~ann/(1)/@v=2/",
]

BAD = {
    "no page": [
        "",
        "x",
        "example.org",
        "//example.org",
        "/x",
        "https:",
        "https:/a",
        "https://",
        "http:a",
    ],
    "scheme": [
        "ftp://a",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "data:text/html,x",
        "blob:https://a",
    ],
    "host": [
        "https://*/",
        "https://*.a.b/",
        "https://*",
        "https:///x",
        "https://?x",
        "https://#x",
        "https://.a/",
        "https://a../",
        "https://a./",
        "https://-a/",
        "https://a-/",
        "https://a..b/",
        "https://a,b/",
        "https://a;b/",
        "https://a%2eb/",
        f"https://{'a' * 64}.b/",
        f"https://{'a.' * 130}b/",
        "https://!",
        "https://$x",
        "https://a=b/",
        "https://\u2100/",
    ],
    "IP": [
        "https://[",
        "https://]",
        "https://[::",
        "https://[::1",
        "https://::1/",
        "https://[:::]/",
        "https://[1::2::3]/",
        "https://[g::]/",
        "https://[]/",
        "https://[::1]x/",
        "https://[::1]x:1/",
        "https://[fe80::1%25eth0]/",
        "https://[v1.x]/",
        "https://1.2.3/",
        "https://0x7f.1/",
        "https://256.1.1.1/",
        "https://01.2.3.4/",
        "https://2130706433/",
        "https://a.1/",
    ],
    "user": ["https://u@a/", "https://u:p@a/", "https://@a/", "https://:@a/", "https://a@b@c/"],
    "port": [
        "https://a:",
        "https://a:0/",
        "https://a:65536/",
        "https://a:x/",
        "https://a:-1/",
        "https://a:*/",
        "https://a:1:2/",
    ],
    "characters": [
        "https://a b/",
        "https://a/b c",
        " https://a",
        "https://a ",
        "https://a/\n",
        "https://a\t",
        "https://a/\0",
        'https://a/"x',
        "https://a/<b>",
        "https://a\\b/",
        "https://a/`",
        "https://a/\u2028",
        "https://a/\u00a0",
        "https://a/\u200b",
        "https://a/\x7f",
    ],
}

NO_FOLDERS = {
    "policy": [
        "https://a/; script-src *",
        "https://a/;",
        "https://a/,b",
        "https://a/*",
        "https://a/x*y",
        "https://a/%3B",
        "https://a/%2c",
        "https://a/%",
        "https://a/%zz",
        "https://a/'x",
        "https://a/{x}",
        "https://a/x|y",
    ],
    "not a folder": ["https://a/?b", "https://a/#b", "https://a?", "https://a#"],
    "above": [
        "https://a/../b",
        "https://a/./b",
        "https://a/..",
        "https://a/%2e%2E/b",
        "https://a/.%2e",
        "https://a/b%2f..%2f",
        "https://a/%5c",
        "https://a/%00",
    ],
    "open to others": [
        "http://a/",
        "http://192.168.1.2/",
        "http://10.0.0.1/",
        "http://localhost.a.b/",
        "http://128.0.0.1/",
        "http://[::2]/",
        "http://0.0.0.0/",
        "http://169.254.169.254/",
    ],
    "not ASCII": ["https://münchen.example/", "https://a/straße/"],
}

_FLAT = [address for addresses in BAD.values() for address in addresses]


@pytest.mark.parametrize("address", PAGES)
def test_the_address_of_a_page_has_no_flaw(address: str):
    assert find_address_flaw(address) is None


@pytest.mark.parametrize("address", FOLDERS)
def test_the_address_of_a_folder_of_data_has_no_flaw(address: str):
    assert find_folder_flaw(address) is None


@pytest.mark.parametrize("address", _FLAT, ids=ascii)
def test_what_is_not_a_plain_web_address_is_refused(address: str):
    assert find_address_flaw(address)
    assert find_folder_flaw(address)


@pytest.mark.parametrize(
    "address", [address for group in NO_FOLDERS.values() for address in group], ids=ascii
)
def test_a_folder_is_nothing_else_in_a_policy_and_read_by_no_one_on_the_way(address: str):
    assert find_folder_flaw(address)


def test_this_machine_is_known_under_all_its_names():
    ours = (
        "localhost",
        "LOCALHOST",
        "a.localhost",
        "127.0.0.1",
        "127.255.0.9",
        "::1",
        "::ffff:127.0.0.1",
    )
    others = (
        "",
        "localhost.evil.com",
        "127.0.0.1.evil.com",
        "0.0.0.0",
        "::",
        "10.0.0.1",
        "2130706433",
    )
    assert [host for host in ours if not is_loopback(host)] == []
    assert [host for host in others if is_loopback(host)] == []


def test_an_origin_is_what_browsers_take_for_one():
    assert origin_of("https://A.b/c") == origin_of("https://a.b:443/d?e")
    assert origin_of("https://a.b/") != origin_of("http://a.b/")
    assert origin_of("https://a.b/") != origin_of("https://a.b:444/")


def test_secrets_in_addresses_are_masked_wherever_they_are_quoted():
    for text in (
        "fatal: 'https://ann:s3cr3t@host/x.git' not found",
        "https://s3cr3t@host/",
        "ssh://git:s3cr3t@host:22/x",
        "https://ann:s3cr3t/with@slash@host/",
        "to ann:s3cr3t@host:x.git",
        "https://host/x?token=s3cr3t&a=b",
        "https://host/x?a=b&X-Amz-Signature=s3cr3t",
        "https://host/ghp_s3cr3ts3cr3t/x",
        "remote: github_pat_11AAs3cr3t is expired",
        "git@s3cr3t is right",
    ):
        secrets = {"s3cr3t"} if "is right" in text else set[str]()
        assert "s3cr3t" not in mask_secrets(text, secrets), text
    plain = "git@github.com:ann/x.git https://github.com/ann/x?tab=readme 12:30 a: b@c"
    assert mask_secrets(plain) == plain


def test_the_secrets_of_an_address_are_its_password_or_token():
    assert find_secrets("https://ann:s3cr3t%40home@host/") == {"s3cr3t%40home", "s3cr3t@home"}
    assert find_secrets("https://s3cr3t@host/") == {"s3cr3t"}
    assert find_secrets("ssh://git@host/") == set()
    assert find_secrets("git@github.com:ann/x.git") == set()
    assert find_secrets("/srv/git/x@y.git") == set()
