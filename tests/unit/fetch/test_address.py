from __future__ import annotations

from ipaddress import ip_address

import pytest

from testamur.errors import NotAllowed
from testamur.fetch.address import check_allowed, is_public, parse_address


@pytest.mark.parametrize(
    ("url", "read"),
    [
        ("https://uni.example", "https://uni.example/"),
        ("HTTPS://Uni.Example.:443/did.json?x=1#key-1", "https://uni.example/did.json?x=1"),
        ("https://uni.example:8443?x", "https://uni.example:8443/?x"),
        ("http://localhost:8000/a", "http://localhost:8000/a"),
        ("https://[2606:4700::1111]/", "https://[2606:4700::1111]/"),
        ("https://한국.kr/배지", "https://xn--3e0b707e.kr/%EB%B0%B0%EC%A7%80"),
        ("https://uni.example/a%2Fb/../c", "https://uni.example/a%2Fb/../c"),
    ],
)
def test_plain_addresses_are_read(url: str, read: str) -> None:
    assert parse_address(url).url == read


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "2002:808:808::1", "64:ff9b::808:808"]
)
def test_public_addresses(address: str) -> None:
    assert is_public(ip_address(address))


PRIVATE = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "100.100.100.200", "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "168.63.129.16", "::ffff:168.63.129.16",
    "192.88.99.1", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1", "3fff::1",
    "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:10.0.0.1", "::127.0.0.1", "::10.0.0.1", "2002:7f00:1::", "2002:a9fe:a9fe::",
    "2002:c0a8:101::1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2001::1", "2001:0:53aa:64c:0:0:80ff:fffe",
    "100::1", "5f00::1",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


def test_an_allowed_origin_is_exact() -> None:
    allowed = frozenset(["http://localhost:8000"])
    assert check_allowed(parse_address("http://localhost:8000/x"), allowed)
    for other in (
        "http://localhost:8001/x",
        "https://localhost:8000/x",
        "http://127.0.0.1:8000/x",
        "http://localhost.example:8000/",
    ):
        with pytest.raises(NotAllowed):
            check_allowed(parse_address(other), allowed)
