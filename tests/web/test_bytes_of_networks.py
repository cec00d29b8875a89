"""What the visitors of one network send in files: counted as it comes, and nobody sent away for what did not."""

import asyncio
from functools import partial

import pytest

from recado.web import limits, uploads
from recado.web.errors import TooMany
from recado.web.limits import FILE_BYTES_PER_NETWORK, Limits, Rate, Share
from recado.web.uploads import Uploads
from tests.files.samples import PDF
from tests.web.doors import House, part_of
from tests.web.files import Sending

GUARD_S = 20.0


def test_of_a_part_that_is_cut_what_came_is_counted_and_no_more() -> None:
    kept = Limits(lambda: 0.0)
    share = Share(kept, "lucia", {"client": ("192.0.2.1", 4000)})
    most = int(FILE_BYTES_PER_NETWORK.burst)
    for came in (0, most // 2, -5):
        with pytest.raises(ConnectionError), share.coming(most // 2, partial(int, came)):
            raise ConnectionError
    with share.coming(most // 2, lambda: most // 2):
        pass
    with pytest.raises(TooMany), share.coming(1, lambda: 1):
        pass


def test_whoever_comes_while_others_have_announced_much_asks_again_soon() -> None:
    share, most = Share(Limits(lambda: 0.0), "lucia", {"client": ("192.0.2.1", 4000)}), FILE_BYTES_PER_NETWORK.burst
    with share.coming(int(most), lambda: 0), pytest.raises(TooMany) as away, share.coming(20_000_000, lambda: 0):
        pass
    assert away.value.retry_after_s == 60
    with share.coming(20_000_000, lambda: 0):
        pass


async def part(who: Sending, address: str = "192.0.2.1") -> int:
    """How a part of a thousand bytes is answered."""
    which = (await who.begin("a.pdf", 1_500)).json()["id"]
    return (await who.part(which, 0, PDF + bytes(1_000 - len(PDF)), address=address)).status_code


async def test_visitors_of_one_network_share_how_much_they_send_in_files(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FILE_BYTES_PER_NETWORK", Rate(1e-9, 2_500))
    world = house.world
    lucia, julian, ana = (
        Sending(house, house.visitor(world.lucia), world.waiting(world.lucia), visitor=True),
        Sending(house, house.visitor(world.julian), world.waiting(world.julian), visitor=True),
        Sending(house, house.operator(world.ana), world.attended(world.ana)),
    )

    assert [await part(who, "192.0.2.1") for who in (lucia, julian, lucia)] == [200, 200, 429]
    assert await part(julian, "192.0.2.2") == 200
    assert await part(ana, "192.0.2.1") == 200
    assert [await part(lucia, "127.0.0.1") for _ in range(3)] == [200] * 3


async def test_a_part_that_waits_for_its_turn_takes_nothing_of_what_its_network_may_send(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FILE_BYTES_PER_NETWORK", Rate(1e-9, 1_500))
    monkeypatch.setattr(uploads, "OF_ONE", 1)
    world = house.world
    lucia, julian = (
        Sending(house, house.visitor(who), world.waiting(who), visitor=True) for who in (world.lucia, world.julian)
    )
    berths = part_of(house.app, "uploads", Uploads)._berths
    async with berths.one(world.lucia.author, 1, {}, lambda: None):
        waiting = asyncio.create_task(part(lucia))
        async with asyncio.timeout(GUARD_S):
            while berths._asking[world.lucia.author] < 2:  # noqa: ASYNC110 - the server has no event for a test
                await asyncio.sleep(0)
        assert await part(julian) == 200
    assert await waiting == 429
