"""Who hears what: the audience that was computed, by the sockets that are open, and nobody else."""

import json

from recado.domain.events import (
    Event,
    PeopleChanged,
    RightsChanged,
    SessionsEnded,
    ToOperators,
    ToTeam,
    ToVisitor,
    VisitorPresence,
)
from recado.domain.ids import ConversationId, OperatorId, VisitorId
from recado.live.hub import Hub, OperatorSocket, VisitorSocket
from recado.live.outbox import DISABLED, RIGHTS_CHANGED, SIGNED_OUT, Outbox

ANA, BRUNO, CLARA = OperatorId(1), OperatorId(2), OperatorId(3)
LUCIA, TOMAS = VisitorId(1), VisitorId(2)
NEVER = 2**62


def event(number: int = 1) -> Event:
    return VisitorPresence(ConversationId(number), online=True)


def to(*operators: OperatorId) -> ToOperators:
    return ToOperators(frozenset(operators))


class Sockets:
    """One socket of each, and two of Ana's."""

    def __init__(self) -> None:
        self.hub = Hub()
        self.ana, self.ana_too = self._operator(ANA, b"one"), self._operator(ANA, b"two")
        self.bruno, self.clara = self._operator(BRUNO, b"three"), self._operator(CLARA, b"four")
        self.lucia, self.tomas = VisitorSocket(LUCIA, NEVER), VisitorSocket(TOMAS, NEVER)
        self.hub.add(self.lucia)
        self.hub.add(self.tomas)

    def _operator(self, operator: OperatorId, session: bytes) -> OperatorSocket:
        socket = OperatorSocket(operator, session)
        socket.departments = frozenset()
        self.hub.add(socket)
        return socket

    def everybody(self) -> dict[str, Outbox]:
        return {name: one for name, one in vars(self).items() if isinstance(one, Outbox)}

    async def heard(self) -> set[str]:
        """Who has a frame waiting; each is closed by this look."""
        found = set()
        for name, socket in self.everybody().items():
            if socket._frames:
                frame = await socket.take()
                assert json.loads(str(frame))["type"]
                found.add(name)
        return found


async def test_each_audience_is_heard_by_its_own() -> None:
    sockets = Sockets()
    for audience, expected in (
        (to(ANA), {"ana", "ana_too"}),
        (to(ANA, BRUNO), {"ana", "ana_too", "bruno"}),
        (to(), set()),
        (ToTeam(), {"ana", "ana_too", "bruno", "clara"}),
        (ToVisitor(LUCIA), {"lucia"}),
        (ToVisitor(VisitorId(99)), set()),
        (to(OperatorId(99)), set()),
    ):
        sockets.hub.publish([(event(), (audience,))])
        assert await sockets.heard() == expected, audience


async def test_whoever_is_in_two_audiences_hears_once() -> None:
    sockets = Sockets()
    sockets.hub.publish([(event(), (to(ANA, BRUNO), to(ANA)))])
    assert await sockets.ana.take()
    assert await sockets.heard() == {"ana_too", "bruno"}


async def test_a_batch_is_told_in_its_order() -> None:
    sockets = Sockets()
    sockets.hub.publish([(event(number), (to(BRUNO),)) for number in range(5)])
    frames = [json.loads(str(await sockets.bruno.take())) for _ in range(5)]
    assert [frame["conversation"] for frame in frames] == list(range(5))


async def test_who_has_gone_hears_nothing_and_is_forgotten() -> None:
    sockets = Sockets()
    assert sockets.hub.remove(sockets.ana) is False
    assert sockets.hub.remove(sockets.ana_too) is True
    assert sockets.hub.remove(sockets.lucia) is True
    sockets.hub.publish([(event(), (ToTeam(), ToVisitor(LUCIA), to(ANA, BRUNO)))])
    assert await sockets.heard() == {"bruno", "clara"}
    assert not sockets.hub.is_online(LUCIA)
    assert sockets.hub.online_operators() == {BRUNO, CLARA}


def test_the_desk_is_told_from_other_pages() -> None:
    hub = Hub()
    beside, desk, another = (OperatorSocket(ANA, b"", desk=one) for one in (False, True, True))
    assert [hub.add(one) for one in (beside, desk, another)] == [True, True, False]
    assert hub.operators_at_desk() == {ANA}
    for one in (desk, another):
        assert hub.remove(one) is False
    assert hub.operators_at_desk() == set()
    assert hub.online_operators() == {ANA}


def closed(sockets: Sockets) -> dict[str, int]:
    return {name: one.close_code for name, one in sockets.everybody().items() if one.close_code is not None}


def test_other_rights_close_all_sockets_of_that_operator_and_no_other() -> None:
    sockets = Sockets()
    sockets.hub.publish([(RightsChanged(ANA), ())])
    assert closed(sockets) == {"ana": RIGHTS_CHANGED, "ana_too": RIGHTS_CHANGED}


def test_the_end_of_a_session_closes_its_sockets_and_of_all_sessions_all() -> None:
    sockets = Sockets()
    sockets.hub.publish([(SessionsEnded(ANA, b"two"), ())])
    assert closed(sockets) == {"ana_too": SIGNED_OUT}
    sockets.hub.publish([(SessionsEnded(ANA), ())])
    assert closed(sockets) == {"ana": SIGNED_OUT, "ana_too": SIGNED_OUT}


def test_whoever_was_disabled_is_told_so() -> None:
    sockets = Sockets()
    sockets.hub.publish([(SessionsEnded(ANA, disabled=True), ())])
    assert closed(sockets) == {"ana": DISABLED, "ana_too": DISABLED}


async def test_what_follows_a_loss_of_rights_in_the_same_batch_is_not_told_to_the_loser() -> None:
    sockets = Sockets()
    sockets.hub.publish([(RightsChanged(BRUNO), ()), (event(), (to(ANA, BRUNO),)), (PeopleChanged(), (ToTeam(),))])
    assert await sockets.heard() == {"ana", "ana_too", "clara"}


async def test_who_is_not_greeted_yet_hears_nothing_and_is_closed_all_the_same() -> None:
    sockets = Sockets()
    sockets.ana.departments = None
    sockets.hub.publish([(event(), (ToTeam(),)), (event(), (to(ANA, BRUNO),))])
    assert await sockets.heard() == {"ana_too", "bruno", "clara"}
    sockets.hub.publish([(RightsChanged(ANA), ())])
    assert set(closed(sockets)) == {"ana", "ana_too"}
