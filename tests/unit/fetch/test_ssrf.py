"""Spellings by which a document tries to make us ask inside our own network. A canary listens on loopback; nobody may come to it."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from tests.unit.fetch.server import Server, running

from testamur.errors import NotAllowed, Unreachable
from testamur.fetch import HttpResolver

# `{p}` is the canary's port. Without a port the canary could not be hit; the refusal is asked for all the same.
HOSTILE = [
    # plain
    "https://127.0.0.1:{p}/", "http://127.0.0.1:{p}/", "https://localhost:{p}/", "http://localhost:{p}/", "https://[::1]:{p}/",
    "https://0.0.0.0:{p}/",
    "https://127.1.2.3:{p}/", "https://10.0.0.1/", "https://192.168.0.1/", "https://172.16.0.1/", "https://100.64.0.1/",
    "https://[fd00::1]/",
    # metadata services
    "https://169.254.169.254/latest/meta-data/", "https://[fd00:ec2::254]/", "https://metadata.google.internal/",
    "https://100.100.100.200/",
    "https://192.0.0.192/", "https://metadata/",
    # numbers that some programs read as an address
    "https://127.1:{p}/", "https://0x7f.1:{p}/", "https://0x7f000001:{p}/", "https://2130706433:{p}/", "https://017700000001:{p}/",
    "https://0177.0.0.1:{p}/",
    "https://127.0.0.01:{p}/", "https://127.00.00.1:{p}/", "https://0x7F.0x0.0x0.0x1:{p}/", "https://127.0.1:{p}/", "https://0:{p}/",
    "https://4294967295/", "https://127.0.0.1.:{p}/", "https://0x7f.0.0.1.:{p}/", "https://1.0x:{p}/", "https://00000177.1:{p}/",
    # IPv6 that carries IPv4
    "https://[::ffff:127.0.0.1]:{p}/", "https://[::ffff:7f00:1]:{p}/", "https://[0:0:0:0:0:ffff:127.0.0.1]:{p}/",
    "https://[::127.0.0.1]:{p}/",
    "https://[64:ff9b::7f00:1]:{p}/", "https://[64:ff9b::127.0.0.1]:{p}/", "https://[2002:7f00:1::]:{p}/",
    "https://[2002:7f00:1::1]:{p}/",
    "https://[64:ff9b:1::7f00:1]:{p}/", "https://[::]:{p}/", "https://[fe80::1%25lo]:{p}/", "https://[fe80::1]:{p}/",
    "https://[::ffff:a9fe:a9fe]/",
    "https://[2001:0:7f00:1::]:{p}/", "https://[0000::1]:{p}/", "https://[::1.]:{p}/", "https://[127.0.0.1]:{p}/", "https://[::1]x:{p}/",
    # names of loopback and of private networks
    "https://localhost.:{p}/", "https://LOCALHOST:{p}/", "https://foo.localhost:{p}/", "https://localhost.localdomain:{p}/",
    "https://printer.local/",
    "https://intranet/", "https://db.internal/", "https://router.lan/", "https://nas.home.arpa/", "https://localhost.../",
    # who stands before the @, and what stands after the host
    "https://uni.example@127.0.0.1:{p}/", "https://127.0.0.1:{p}@uni.example/", "https://uni.example:x@127.0.0.1:{p}/",
    "https://@127.0.0.1:{p}/",
    "https://127.0.0.1:{p}\\@uni.example/", "https://uni.example\\@127.0.0.1:{p}/", "https://127.0.0.1:{p}#@uni.example/",
    "https://127.0.0.1:{p}?@uni.example/",
    "https:\\\\127.0.0.1:{p}\\", "https:/127.0.0.1:{p}/", "https:127.0.0.1:{p}/", "https:///127.0.0.1:{p}/",
    "https:////127.0.0.1:{p}/", "//127.0.0.1:{p}/",
    "https://uni.example%00.127.0.0.1:{p}/", "https://127.0.0.1%2f@uni.example/", "https://127%2e0%2e0%2e1:{p}/",
    "https://%31%32%37.0.0.1:{p}/",
    # characters that become others
    "https://１２７.０.０.１:{p}/", "https://127。0。0。1:{p}/", "https://127．0．0．1:{p}/", "https://ⓛocalhost:{p}/", "https://ｌｏｃａｌｈｏｓｔ:{p}/",
    "https://①②⑦.⓪.⓪.①:{p}/", "https://local\u00adhost:{p}/", "https://localhost\u200b:{p}/", "https://loc\u200dalhost:{p}/",
    "https://\u202elocalhost:{p}/",
    # white space, line ends, ports, schemes
    " https://127.0.0.1:{p}/", "https://127.0.0.1:{p}/\r\nHost: x", "https://127.0.0.1\t:{p}/", "https://127.0.0.1:{p} /",
    "ht\ntps://127.0.0.1:{p}/",
    "https://uni.example:22/", "https://uni.example:25/", "https://uni.example:0/", "https://uni.example:99999/",
    "https://uni.example:/", "https://uni.example:-1/",
    "http://uni.example/", "file:///etc/passwd", "gopher://127.0.0.1:{p}/_GET", "ftp://127.0.0.1:{p}/", "dict://127.0.0.1:{p}/",
    "ldap://127.0.0.1/",
    "data:text/plain,x", "javascript:alert(1)", "unix:///var/run/docker.sock", "jar:https://127.0.0.1!/", "urn:uuid:1",
    "did:web:localhost", "", "https://",
    "https://?", "https://uni.example" + "/x" * 2000, "https://" + "a" * 64 + ".example/", "https://-x.example/",
    "https://a..b.example/", "https://.example/",
    # the spellings of the loopback network, one by one
    "https://127.255.255.254:{p}/", "https://127.0.0.2:{p}/", "https://127.0.1.1:{p}/", "https://0x7f.0x1:{p}/", "https://0x7f.0.1:{p}/",
    "https://017700000002:{p}/", "https://2130706434:{p}/", "https://0b1111111.1:{p}/", "https://127.0.0.0x1:{p}/",
    "https://0X7F000001:{p}/",
    "https://0x00000000000000007f000001:{p}/", "https://00000000177.0.0.1:{p}/", "https://127.000.000.001:{p}/", "https://0.0:{p}/",
    "https://00000:{p}/", "https://0x0:{p}/", "https://0.0.0:{p}/", "https://340282366920938463463374607431768211455:{p}/",
    "https://127.0.0.1..:{p}/", "https://127..0.0.1:{p}/", "https://.127.0.0.1:{p}/", "https://127.0.0.1,:{p}/", "https://127.0.0.-1:{p}/",
    "https://+127.0.0.1:{p}/", "https://127.0.0.1e0:{p}/", "https://127.0.0.256:{p}/", "https://[::1]]:{p}/", "https://[[::1]]:{p}/",
    # more networks that are nobody's, and carriers of them
    "https://192.0.2.1/", "https://198.51.100.7/", "https://203.0.113.9/", "https://198.18.0.1/", "https://224.0.0.251/",
    "https://240.0.0.1/",
    "https://255.255.255.255/", "https://172.31.255.255/", "https://10.255.255.255/", "https://169.254.170.2/v2/credentials",
    "https://[::ffff:0:127.0.0.1]:{p}/", "https://[::ffff:10.0.0.1]/", "https://[::ffff:169.254.169.254]/", "https://[::%32]:{p}/",
    "https://[2002:a9fe:a9fe::]/", "https://[64:ff9b::169.254.169.254]/", "https://[fec0::1]/", "https://[ff02::1]/",
    "https://[2001:db8::1]/",
    "https://[fc00::1]/", "https://[fe80::1%25eth0]:{p}/", "https://[::1%00]:{p}/", "https://[0:0:0:0:0:0:0:1]:{p}/",
    "https://[::0001]:{p}/", "https://[::ffff:7f00:0001]:{p}/", "https://[::7f00:1]:{p}/", "https://[0::1]:{p}/",
    # names that lead inside, and those of clouds and clusters
    "https://kubernetes.default.svc/", "https://metadata.azure.internal/", "https://instance-data/latest/",
    "https://consul.service.consul/",
    "https://wpad/", "https://localhost6:{p}/", "https://ip6-localhost:{p}/", "https://loopback:{p}/", "https://host.docker.internal/",
    "https://gateway.docker.internal/", "https://127.0.0.1.nip.example:{p}/", "https://uni.example.localhost:{p}/", "https://a.b.internal/",
    "https://x.intranet/", "https://corp/", "https://home/", "https://printer.lan:{p}/", "https://x.localdomain:{p}/",
    "https://intranet.uni.internal:{p}/", "https://169.254.169.254./latest/", "https://0xa9fea9fe/", "https://2852039166/",
    "https://0251.0376.0251.0376/",
    "https://[::a9fe:a9fe]/", "https://[fd00:ec2::0254]/", "https://169.254.43518/", "https://100.127.255.254/", "https://0.0.0.1:{p}/",
    "https://[::ffff:0.0.0.0]:{p}/", "https://[64:ff9b::0:1]:{p}/",
    # the host of a machine in a cloud, more carriers, zones, ports and letters that become others
    "https://168.63.129.16/", "https://[::ffff:168.63.129.16]/", "https://[2002:a83f:8110::]/", "https://[2002:c0a8:101::1]/",
    "https://[64:ff9b:1::10.0.0.1]/", "https://[2001:0:4136:e378:8000:63bf:80ff:fffe]/", "https://[3fff::1]/", "https://[100::1]/",
    "https://[5f00::1]/", "https://[::ffff:8.8.8.8%251]/", "https://[fe80::1%lo]:{p}/", "https://[v1.fe80::a]/", "https://::1:{p}/",
    "https://8.8.8.8:443@127.0.0.1:{p}/", "https://8.8.8.8%00.127.0.0.1:{p}/", "https://8.8.8.8:+443/", "https://8.8.8.8:４４３/",
    "https://127｡0｡0｡1:{p}/", "https://localhoſt:{p}/", "https://metadata.google.internal./", "https://1.2.3.4.5/", "https://1.1.1/",
]  # fmt: skip


@pytest.fixture(scope="module")
def canary() -> Iterator[Server]:
    with running() as started:
        yield started


def test_the_table_is_long() -> None:
    assert len(set(HOSTILE)) == len(HOSTILE) >= 200


@pytest.mark.parametrize("spelling", HOSTILE)
def test_no_spelling_reaches_the_canary(canary: Server, spelling: str) -> None:
    """With a look-up that always says loopback, as a hostile name server would: whatever is let through would hit."""
    with pytest.raises(NotAllowed):
        HttpResolver(look_up=lambda _host, _port: ["127.0.0.1"]).fetch(spelling.format(p=canary.port))
    assert canary.hits == []


@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.1"],
        ["::1"],
        ["8.8.8.8", "127.0.0.1"],
        ["169.254.169.254"],
        ["::ffff:127.0.0.1"],
        ["64:ff9b::7f00:1"],
        ["fe80::1%lo"],
        ["nonsense"],
    ],
)
def test_a_public_name_with_a_private_address_is_refused(canary: Server, answers: list[str]) -> None:
    with pytest.raises(NotAllowed) as refused:
        HttpResolver(look_up=lambda _host, _port: answers).fetch(f"https://rebind.uni.example:{canary.port}/")
    assert refused.value.code == "resolution.private"
    assert canary.hits == []


def test_a_second_answer_is_never_asked_for(canary: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: public at the first look-up, loopback at the second. The connection goes to the first answer, as an address."""
    asked: list[str] = []
    connected: list[str] = []

    def look_up(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["8.8.8.8"] if len(asked) == 1 else ["127.0.0.1"]

    def connect(address: tuple[str, int], *_arguments: object, **_options: object) -> socket.socket:
        connected.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr("urllib3.util.connection.create_connection", connect)
    with pytest.raises(Unreachable):
        HttpResolver(look_up=look_up).fetch(f"https://rebind.uni.example:{canary.port}/")
    assert (asked, connected, canary.hits) == (["rebind.uni.example"], ["8.8.8.8"], [])


def test_the_canary_sings(canary: Server) -> None:
    """The table proves nothing unless a spelling that is allowed does arrive."""
    origin = f"http://localhost:{canary.port}"
    assert HttpResolver([origin], look_up=lambda _host, _port: ["127.0.0.1"]).fetch(origin + "/hit").content
    assert [path for path, _ in canary.hits] == ["/hit"]
    canary.hits.clear()
