"""How much one caller may ask for: each has a bucket of their own, for each rate."""

import pytest

from recado.web.errors import TooMany
from recado.web.limits import SENDS, Limits, Rate
from tests.web.doors import CONSOLE, WIDGET, House
from tests.world import new_client_id


def test_rates_that_are_alike_share_no_bucket() -> None:
    limits = Limits(lambda: 0.0)
    limits.take(Rate(1, 1, "one"), "ana")
    limits.take(Rate(1, 1, "other"), "ana")
    with pytest.raises(TooMany):
        limits.take(Rate(1, 1, "one"), "ana")


async def test_a_visitor_who_floods_leaves_the_operator_of_the_same_number_alone(house: House) -> None:
    ana, world = house.world.ana, house.world
    visitor = next(one for one in (world.lucia, world.julian, world.tomas) if int(one.id) == int(ana.id))
    chat = world.attended(ana, visitor)
    caller, again = house.visitor(visitor), {"client_id": new_client_id(), "body": "Hello?"}
    sends = [await caller("POST", f"{WIDGET}/conversations/{chat.public_id}/messages", again) for _ in range(130)]
    assert sends[0].status_code == 201
    assert 429 in {one.status_code for one in sends[int(SENDS.burst) :]}
    mine = {"client_id": new_client_id(), "body": "Good morning."}
    answer = await house.operator(ana)("POST", f"{CONSOLE}/conversations/{chat.id}/messages", mine)
    assert answer.status_code == 201
