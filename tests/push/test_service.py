"""Services are spoken to only in the outside world, at the address that was looked up, and believed in their status."""

import asyncio
import socket
from pathlib import Path
from typing import Any

import pytest

from recado.domain.errors import Invalid
from recado.domain.push import ENDPOINT_MAX, endpoint_of
from recado.push import service as services
from recado.push.sealing import Signer, Subscription
from recado.push.service import OUTSIDE, Post, Reach, Services, is_outside
from tests.push.browser import Browser
from tests.push.services import Service, serving

POST = Post(b'{"v":1}', "topic", 60, "high")
SIGNER = Signer(7, "mailto:desk@shop.example")
PORTS = frozenset((443,))
WITHIN = ["127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.9.9", "169.254.169.254", "0.0.0.0"]  # noqa: S104 - refused
OWN = ["::1", "::", "fe80::1", "fc00::1", "ff02::1", "224.0.0.1", "255.255.255.255", "100.64.0.1"]


async def send(reach: Reach, to: Subscription, post: Post = POST) -> services.Result:
    sender = Services(reach)
    try:
        return await sender.send(SIGNER, to, post, 1_800_000_000)
    finally:
        await sender.close()


def subscribed(service: Service, name: str = "ana") -> Subscription:
    endpoint, browser = service.browser(name)
    return browser.subscription(endpoint)


async def test_a_push_is_what_the_standards_say(tmp_path: Path) -> None:
    async with serving(tmp_path) as (service, reach):
        result = await send(reach, subscribed(service))
        (push,) = service.pushes
    assert (result.state, push.said) == ("sent", {"v": 1})
    assert push.headers["host"] == f"localhost:{service.port}"
    assert push.headers["ttl"] == "60"
    assert push.headers["topic"] == "topic"
    assert push.headers["urgency"] == "high"
    assert push.headers["content-encoding"] == "aes128gcm"
    assert push.headers["authorization"].startswith("vapid t=")
    assert push.headers["authorization"].endswith(f", k={SIGNER.public}")


@pytest.mark.parametrize(
    ("answer", "state", "after"),
    [
        ("200 OK", "sent", None),
        ("404 Not Found", "gone", None),
        ("410 Gone", "gone", None),
        ("429 Too Many\r\nRetry-After: 90", "passing", 90),
        ("429 Too Many\r\nRetry-After: 99999", "passing", 3600),
        ("429 Too Many\r\nRetry-After: tomorrow", "passing", None),
        ("500 Oh", "passing", None),
        ("503 Busy\r\nRetry-After: 5", "passing", 5),
        ("400 Bad", "refused", None),
        ("403 No", "refused", None),
        ("413 Large", "refused", None),
        ("301 Moved\r\nLocation: https://localhost/", "refused", None),
    ],
)
async def test_an_answer_is_believed_in_its_status(tmp_path: Path, answer: str, state: str, after: int | None) -> None:
    async with serving(tmp_path) as (service, reach):
        service.answers["/ana"] = lambda: answer
        result = await send(reach, subscribed(service))
        assert service.connections == 1, "no redirect is followed"
    assert (result.state, result.after_s) == (state, after)


async def test_a_service_that_says_nothing_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "SEND_WITHIN_S", 0.2)
    async with serving(tmp_path) as (service, reach):
        service.answers["/ana"] = lambda: "hang"
        assert await send(reach, subscribed(service)) == ("passing", "It did not answer in time.", None)


async def test_a_certificate_that_does_not_fit_is_no_service(tmp_path: Path) -> None:
    async with serving(tmp_path) as (service, reach):
        to = subscribed(service)
        assert (await send(reach._replace(tls=None), to)).state == "passing"
        other = to._replace(endpoint=to.endpoint.replace("localhost", "127.0.0.1"))
        assert (await send(reach, other)).state == "passing"
        assert service.pushes == []


@pytest.mark.parametrize("address", WITHIN)
def test_what_is_within_is_not_outside(address: str) -> None:
    assert not is_outside(address)
    for written in (f"::ffff:{address}", f"64:ff9b::{address}"):
        assert not is_outside(written), written
    first, second, third, fourth = map(int, address.split("."))
    assert not is_outside(f"2002:{first:02x}{second:02x}:{third:02x}{fourth:02x}::1")


@pytest.mark.parametrize("address", OWN)
def test_nor_is_what_belongs_to_networks_of_one_s_own(address: str) -> None:
    assert not is_outside(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2a00:1450:4003:80e::200e", "64:ff9b::808:808"])
def test_the_outside_world_is(address: str) -> None:
    assert is_outside(address)


async def test_a_name_that_leads_within_is_not_spoken_to(tmp_path: Path) -> None:
    async with serving(tmp_path) as (service, reach):
        result = await send(reach._replace(allows=is_outside), subscribed(service))
        assert result == ("refused", "It is not at a public address.", None)
        assert service.connections == 0


async def test_a_name_is_looked_up_once_and_that_address_is_spoken_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that leads elsewhere the second time leads nobody there."""
    looked: list[str] = []
    async with serving(tmp_path) as (service, reach):
        loop = asyncio.get_running_loop()
        real = loop.getaddrinfo

        async def look(host: Any, port: Any, **more: Any) -> Any:
            if host == "localhost":
                looked.append(host)
                return [
                    (
                        socket.AF_INET,
                        socket.SOCK_STREAM,
                        6,
                        "",
                        ("127.0.0.1" if len(looked) == 1 else "127.0.0.2", port),
                    )
                ]
            return await real(host, port, **more)

        monkeypatch.setattr(loop, "getaddrinfo", look)
        assert (await send(reach, subscribed(service))).state == "sent"
    assert looked == ["localhost"]


async def test_other_ports_are_not_spoken_to(tmp_path: Path) -> None:
    async with serving(tmp_path) as (service, reach):
        assert (await send(reach._replace(ports=PORTS), subscribed(service))).state == "refused"
        assert service.connections == 0


async def test_no_proxy_of_the_environment_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    async with serving(tmp_path) as (service, reach):
        assert (await send(reach, subscribed(service))).state == "sent"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "http://push.example/a",
        "https:///a",
        "https://user@push.example/a",
        "https://push.example:8443/a",
        "https://push.example:bad/a",
        "https://push.example/a b",
        "https://push.example/\n",
        "https://push.example/ñ",
        "https://push.example/" + "a" * ENDPOINT_MAX,
        "file:///etc/passwd",
    ],
)
def test_what_is_no_endpoint_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        endpoint_of(text, OUTSIDE.ports)


def test_what_browsers_give_is_one() -> None:
    one = "https://fcm.googleapis.com/fcm/send/abc:def-g_h?x=1"
    assert endpoint_of(one, OUTSIDE.ports) == one
    assert Browser.new().subscription(one).endpoint == one
