"""An operator answers, and thereby claims: one wins, the others are told who, and nothing of theirs is left."""

from collections.abc import Callable

import pytest

from recado.actions import conversations, drafts, notes, queue
from recado.actions.conversations import Result
from recado.db import drafts as draft_rows
from recado.db.database import Tx
from recado.domain.conversations import Sent
from recado.domain.errors import ClientIdReused, Closed, NotFound, Taken
from recado.domain.events import ConversationClaimed, ConversationTaken, MessagePosted
from recado.domain.ids import ConversationId
from recado.domain.outward_events import WidgetMessagePosted
from tests.actions.test_conversations import entries, row
from tests.world import SHOP, Chat, World, at_once, canary, holds, new_client_id, overlapping


def test_the_answer_claims(world: World) -> None:
    chat = world.waiting()
    sent = world.answers(world.ana, chat.id, "Good morning.")
    found = row(world, chat)
    assert (found.status, found.operator, found.waiting_since) == ("attending", world.ana.id, None)
    claimed, answer = entries(world, chat)[1:]
    assert (claimed.kind, claimed.activity and claimed.activity.operator) == ("activity", world.ana.id)
    assert (answer, sent.conversation) == (sent.entry, found)


def test_looking_does_not_claim(world: World) -> None:
    chat = world.waiting()
    world.act(conversations.read, world.bruno, chat.id, 1)
    assert row(world, chat).status == "waiting"


def test_its_department_is_told_who_has_it_and_nothing_of_its_content(world: World) -> None:
    chat, word = world.waiting(), canary()
    since = world.mark
    world.answers(world.ana, chat.id, word)
    (mine,) = world.heard(world.ana, since)
    assert isinstance(mine, ConversationClaimed)
    assert holds(mine, word)
    for colleague in (world.bruno, world.sara):
        (told,) = world.heard(colleague, since)
        assert told == ConversationTaken(chat.id, row(world, chat).version, world.ana.id)
    (shown,) = world.heard(world.lucia, since)
    assert isinstance(shown, WidgetMessagePosted)
    assert holds(shown, word)
    for other in (world.clara, world.adela, world.julian, world.tomas):
        assert world.heard(other, since) == []


def test_a_later_answer_reaches_its_owner_and_its_visitor_alone(world: World) -> None:
    chat, word = world.attended(world.ana), canary()
    since = world.mark
    world.answers(world.ana, chat.id, word)
    assert [type(event) for event in world.heard(world.ana, since)] == [MessagePosted]
    assert [type(event) for event in world.heard(world.lucia, since)] == [WidgetMessagePosted]
    assert holds(world.heard(world.ana, since), word)
    for other in (world.bruno, world.sara, world.clara, world.adela, world.julian, world.tomas):
        assert world.heard(other, since) == []


def test_a_second_claim_loses_and_names_the_holder(world: World) -> None:
    chat, word = world.attended(world.ana), canary()
    since = world.mark
    with pytest.raises(Taken) as refused:
        world.answers(world.bruno, chat.id, word)
    assert (refused.value.operator_id, refused.value.operator_name) == (world.ana.id, "Ana Roca")
    assert not holds(world.contents(), word)
    assert world.recorder.told[since:] == []


def test_of_many_answers_at_once_one_wins_and_the_others_are_told_by_whom(world: World) -> None:
    people = (world.ana, world.bruno, world.sara)
    for _ in range(5):
        chat, since = world.waiting(world.comes(world.shop, SHOP)), world.mark
        words = [canary() for _ in range(12)]
        asked = [(people[number % 3], word) for number, word in enumerate(words)]
        outcomes = at_once(12, lambda number: world.answers(asked[number][0], chat.id, asked[number][1]))  # noqa: B023
        owner = row(world, chat).operator
        won = [one for one in outcomes if isinstance(one, Sent)]
        lost = [one for one in outcomes if isinstance(one, Taken)]
        assert len(won) + len(lost) == 12, outcomes
        assert {one.entry.author.id for one in won} == {owner}
        assert {one.operator_id for one in lost} == {owner}
        kept = world.contents()
        for (operator, word), outcome in zip(asked, outcomes, strict=True):
            assert holds(kept, word) is isinstance(outcome, Sent), operator
        claims = [told for told in world.recorder.told[since:] if isinstance(told.event, ConversationClaimed)]
        assert len(claims) == 1
        assert sum(entry.activity is not None for entry in entries(world, chat)) == 1


def test_the_other_department_finds_nothing_whether_it_waits_or_not(world: World) -> None:
    waiting, attended = world.waiting(world.julian), world.attended(world.ana)
    since, word = world.mark, canary()
    for operator in (world.clara, world.adela):
        for which in (waiting.id, attended.id, type(waiting.id)(10_000)):
            with pytest.raises(NotFound):
                world.answers(operator, which, word)
    assert not holds(world.contents(), word)
    assert world.recorder.told[since:] == []
    world.answers(world.bruno, waiting.id, "there was something to answer")


def test_a_supervisor_does_not_write_into_another_s_conversation(world: World) -> None:
    chat = world.attended(world.ana)
    with pytest.raises(Taken):
        world.answers(world.sara, chat.id, "Let me")


def test_a_closed_conversation_takes_no_answer_from_its_owner_and_is_nothing_to_others(world: World) -> None:
    chat = world.closed(world.ana)
    with pytest.raises(Closed):
        world.answers(world.ana, chat.id, "One more thing")
    with pytest.raises(NotFound):
        world.answers(world.bruno, chat.id, "Hello")


def test_the_same_client_id_is_the_same_answer(world: World) -> None:
    chat, mine = world.waiting(), new_client_id()
    first = world.answers(world.ana, chat.id, "once", mine)
    since = world.mark
    for _ in range(10):
        again = world.act(conversations.answer, world.ana, chat.id, mine, "once")
        assert again.repeated
        assert isinstance(again.sent, Sent)
        assert again.sent.entry == first.entry
    assert world.recorder.told[since:] == []
    assert len(entries(world, chat)) == 3


def test_ten_of_them_at_once_are_one_answer_and_one_claim(world: World) -> None:
    chat, mine = world.waiting(), new_client_id()
    outcomes = at_once(10, lambda _: world.answers(world.ana, chat.id, "once", mine))
    assert {one.entry.seq for one in outcomes if isinstance(one, Sent)} == {3}, outcomes
    assert all(isinstance(one, Sent) for one in outcomes), outcomes
    assert len(entries(world, chat)) == 3


def test_a_repeated_answer_is_known_after_the_end(world: World) -> None:
    chat, mine = world.waiting(), new_client_id()
    first = world.answers(world.ana, chat.id, "once", mine)
    world.act(queue.close, world.ana, chat.id)
    assert world.answers(world.ana, chat.id, "once", mine).entry == first.entry
    with pytest.raises(Closed):
        world.answers(world.ana, chat.id, "twice")


def test_an_answer_whose_receipt_was_lost_counts_as_sent_after_a_colleague_has_the_conversation(world: World) -> None:
    chat, mine, note = world.waiting(), new_client_id(), new_client_id()
    first = world.answers(world.ana, chat.id, "once", mine)
    noted = world.act(notes.add, world.ana, chat.id, note, "a note").sent
    assert first.conversation is not None
    world.act(queue.transfer, world.ana, chat.id, world.department("Ventas"), world.bruno.id)
    before, since = world.contents(), world.mark
    with pytest.raises(Taken):
        world.answers(world.ana, chat.id, "another", new_client_id())
    again = world.act(conversations.answer, world.ana, chat.id, mine, "once")
    assert (again.sent, again.repeated) == (Sent(first.entry, None), True)
    assert world.act(notes.add, world.ana, chat.id, note, "a note").sent == Sent(noted.entry, None)  # type: ignore[arg-type]
    assert (world.contents(), world.mark) == (before, since)


def test_an_id_from_another_conversation_is_refused_wherever_it_comes_back(world: World) -> None:
    chat, mine = world.attended(world.ana), new_client_id()
    world.answers(world.ana, chat.id, "once", mine)
    for which in (world.attended(world.ana, world.julian), world.attended(world.clara, world.tomas)):
        with pytest.raises(ClientIdReused):
            world.answers(world.ana, which.id, "once", mine)
    with pytest.raises(ClientIdReused):
        world.answers(world.ana, ConversationId(10_000), "once", mine)


def test_an_id_that_goes_into_two_conversations_at_once_is_one_message(world: World) -> None:
    first, second = world.attended(world.ana), world.attended(world.ana, world.julian)
    ana, client_id = world.ana, new_client_id()

    def sends(chat: Chat) -> Callable[[Tx], object]:
        return lambda tx: conversations.answer(tx, ana, chat.id, client_id, "Yes.")

    sent, refused = overlapping(world, sends(first), sends(second))
    assert isinstance(sent, Result), sent
    assert isinstance(refused, ClientIdReused), refused
    assert [entries(world, chat)[-1].body for chat in (first, second)] == ["Yes.", "Good morning."]


def test_the_same_id_with_other_content_is_refused(world: World) -> None:
    chat, mine = world.waiting(), new_client_id()
    world.answers(world.ana, chat.id, "once", mine)
    with pytest.raises(ClientIdReused):
        world.answers(world.ana, chat.id, "twice", mine)
    assert entries(world, chat)[-1].body == "once"


def test_an_answer_uses_up_its_own_draft_and_the_loser_keeps_theirs(world: World) -> None:
    chat = world.waiting()
    world.act(drafts.save, world.ana, chat.id, "answer", "Good mor")
    world.act(drafts.save, world.bruno, chat.id, "answer", "Hello, how")
    world.answers(world.ana, chat.id, "Good morning.")
    assert world.see(draft_rows.find, world.ana, chat.id, "answer") is None
    kept = world.see(draft_rows.find, world.bruno, chat.id, "answer")
    assert kept is not None
    assert kept.body == "Hello, how"


def test_a_customer_who_writes_during_the_claim_is_heard_by_the_owner(world: World) -> None:
    for _ in range(5):
        nuria = world.comes(world.shop, SHOP)
        chat, word = world.waiting(nuria), canary()
        since = world.mark
        at_once(2, lambda n: world.answers(world.ana, chat.id, "Hi") if n else world.writes(nuria, word))  # noqa: B023
        heard = world.heard(world.ana, since)
        assert holds(heard, word)
        told = {event.conversation.version for event in heard}
        assert max(told) == row(world, chat).version
        assert {entry.rev for entry in entries(world, chat)} - {1} == told


def test_an_operator_who_left_the_department_cannot_claim_in_it(world: World) -> None:
    chat = world.waiting()
    world.leaves(world.bruno, "Soporte")
    with pytest.raises(NotFound):
        world.answers(world.bruno, chat.id, "Hello")
    assert row(world, chat).status == "waiting"
