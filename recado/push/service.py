"""Handing messages to the services of browsers' makers (RFC 8030), and what became of each.

A service's address is given by a browser, so by anybody: it is looked up once, and only one in the outside world is
spoken to, at exactly the address that was looked up. Nothing of what it answers is shown but its status.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, NamedTuple
from urllib.parse import urlsplit

from recado.push.sealing import Signer, Subscription, seal

if TYPE_CHECKING:
    import httpx

Urgency = Literal["low", "normal", "high"]
SEND_WITHIN_S = 15.0
RETRY_LONGEST_S = 3600
WELL = range(200, 300)
GONE = {404, 410}
PASSING = {408, 425, 429}


class Result(NamedTuple):
    """What became of a message.

    `gone`: the browser does not exist any more. `passing`: it was not taken now; `after_s` is when the service wants to
    be asked again. `refused`: it will not be taken. `answer` says it in a few words.
    """

    state: Literal["sent", "gone", "passing", "refused"]
    answer: str
    after_s: int | None = None


class Post(NamedTuple):
    """A message for a browser, and how its service is to treat it: for how long it may wait there, in seconds.

    What has the same `topic` and waits there takes the place of the one before.
    """

    message: bytes
    topic: str
    ttl_s: int
    urgency: Urgency


def is_outside(address: str) -> bool:
    """Return whether an address is one of the outside world: none of this machine or of its networks."""
    found = ipaddress.ip_address(address)
    if found.version == 4:
        return found.is_global and not found.is_multicast
    within = found.ipv4_mapped or found.sixtofour
    if found in _TRANSLATED:
        within = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
    return found.is_global and not found.is_multicast and (within is None or is_outside(str(within)))


_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
"""Addresses by which networks of IPv6 alone reach those of IPv4 (RFC 6052)."""


class Reach(NamedTuple):
    """What may be spoken to. `tls` is for services whose certificate no public authority vouches for."""

    allows: Callable[[str], bool] = is_outside
    ports: frozenset[int] = frozenset((443,))
    tls: ssl.SSLContext | None = None


OUTSIDE = Reach()


class Services:
    """Sends to whatever service a browser names."""

    def __init__(self, reach: Reach = OUTSIDE) -> None:
        self._reach = reach
        self._client: httpx.AsyncClient | None = None

    @property
    def ports(self) -> frozenset[int]:
        """The ports at which services may be."""
        return self._reach.ports

    async def close(self) -> None:
        """Let go of connections."""
        if self._client is not None:
            await self._client.aclose()

    def _opened(self) -> httpx.AsyncClient:
        """Return the client, made when it is needed first: most desks start without anybody to tell.

        A connection serves one message: another service may be at the same address, and none is taken for another.
        """
        if self._client is None:
            import httpx  # noqa: PLC0415 - likewise

            self._client = httpx.AsyncClient(
                verify=self._reach.tls or ssl.create_default_context(),
                trust_env=False,
                follow_redirects=False,
                timeout=SEND_WITHIN_S,
                limits=httpx.Limits(max_keepalive_connections=0),
            )
        return self._client

    async def send(self, signer: Signer, to: Subscription, post: Post, now_s: int) -> Result:
        """Hand over a message, and return what became of it. Never raises for what a service does."""
        import httpx  # noqa: PLC0415 - see `_opened`

        client, parts = self._opened(), urlsplit(to.endpoint)
        host, port = str(parts.hostname), parts.port or 443
        try:
            async with asyncio.timeout(SEND_WITHIN_S):
                address = await self._find(host, port)
                if address is None:
                    return Result("refused", "It is not at a public address.")
                shown = f"[{address}]" if ":" in address else address
                path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
                request = client.build_request(
                    "POST",
                    f"https://{shown}:{port}{path}",
                    content=seal(post.message, to),
                    headers={
                        "Host": parts.netloc,
                        "Authorization": signer.authorization(to.endpoint, now_s),
                        "Content-Encoding": "aes128gcm",
                        "Content-Type": "application/octet-stream",
                        "TTL": str(post.ttl_s),
                        "Topic": post.topic,
                        "Urgency": post.urgency,
                    },
                    extensions={"sni_hostname": host},
                )
                answer = await client.send(request, stream=True)
                await answer.aclose()
        except (httpx.HTTPError, httpx.InvalidURL, OSError, TimeoutError, ValueError) as error:
            return Result("passing", _told(error))
        return _judged(answer.status_code, answer.headers.get("retry-after"))

    async def _find(self, host: str, port: int) -> str | None:
        """Return an address of a host that may be spoken to; None where it has none."""
        if port not in self._reach.ports:
            return None
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return next((str(one[4][0]) for one in found if self._reach.allows(str(one[4][0]))), None)


def _judged(status: int, retry_after: str | None) -> Result:
    after = int(retry_after) if retry_after and retry_after.isdecimal() and len(retry_after) < 6 else None
    if status in WELL:
        return Result("sent", str(status))
    if status in GONE:
        return Result("gone", str(status))
    if status in PASSING or status >= 500:
        return Result("passing", str(status), None if after is None else min(after, RETRY_LONGEST_S))
    return Result("refused", str(status))


def _told(error: Exception) -> str:
    if isinstance(error, TimeoutError) or "Timeout" in type(error).__name__:
        return "It did not answer in time."
    if isinstance(error, socket.gaierror):
        return "Its name is not known."
    return "It cannot be reached."
