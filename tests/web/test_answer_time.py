"""The answer time that a visitor's page is told regards those who still wait."""

from recado.domain.people import Named
from recado.web.widget.faces import around
from tests.world import World


def within_s(world: World) -> int | None:
    """What somebody who looks now is told by the department of the shop's chat."""
    ventas = Named(world.department("Ventas"), "Ventas")
    return world.see(around, world.inbox(world.shop), world.lucia, ventas, "en", world.clock()).answering.within_s


def test_who_waits_for_an_hour_is_told_of_to_whoever_comes(world: World) -> None:
    for _ in range(5):
        world.attended(world.ana, world.comes(world.shop, "https://shop.example"))
    assert within_s(world) == 60
    world.waiting(world.julian)
    world.clock.pass_s(50 * 60)
    assert within_s(world) == 3600


def test_one_answer_to_whoever_waited_alone_ends_that(world: World) -> None:
    for _ in range(5):
        world.attended(world.ana, world.comes(world.shop, "https://shop.example"))
    chat = world.waiting(world.julian)
    world.clock.pass_s(50 * 60)
    assert within_s(world) == 3600
    world.answers(world.ana, chat.id, "Good morning.")
    assert within_s(world) == 60
