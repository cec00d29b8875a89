"""What comes of a file lies in its place, whoever writes it: processes with one folder do not write over each other."""

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from recado.domain.errors import Busy, FileTooLarge, WrongOffset
from recado.domain.ids import FileId
from recado.files.intake import Intake

WHICH = FileId("x")
WHOLE = random.Random(1).randbytes(3_000)


@pytest.fixture
def two(tmp_path: Path) -> tuple[Intake, Intake]:
    """Two processes' ways into one folder."""
    return Intake(tmp_path, 0), Intake(tmp_path, 0)


def test_what_one_process_still_held_changes_nothing_of_what_another_got_meanwhile(two: tuple[Intake, Intake]) -> None:
    here, there = two
    assert here.write(WHICH, 0, WHOLE[:1000], 3000) == 1000
    assert there.offset(WHICH) == 1000
    assert there.write(WHICH, 1000, WHOLE[1000:1500], 3000) == 1500
    # The line that hung here is over, and what it had is written down: some of it came there meanwhile.
    assert here.write(WHICH, 1000, WHOLE[1000:2000], 3000) == 2000
    assert here.path(WHICH).read_bytes() == WHOLE[:2000]
    assert there.write(WHICH, 1500, WHOLE[1500:], 3000) == 3000
    assert here.write(WHICH, 1000, bytes(1000), 3000) == 3000
    assert here.path(WHICH).read_bytes() == WHOLE


def test_nothing_is_written_beyond_a_gap_or_beyond_the_end(two: tuple[Intake, Intake]) -> None:
    here, there = two
    for at in (0, 7):
        with pytest.raises(FileTooLarge):
            here.write(WHICH, at, WHOLE, 2999)
    with pytest.raises(WrongOffset):
        here.write(WHICH, 1, WHOLE[1:], 3000)
    assert list(here.path(WHICH).parent.iterdir()) == []
    here.write(WHICH, 0, WHOLE[:1000], 3000)
    with pytest.raises(WrongOffset) as refused:
        there.write(WHICH, 1001, WHOLE[1001:], 3000)
    assert refused.value.offset == 1000
    assert here.path(WHICH).read_bytes() == WHOLE[:1000]


def test_a_file_is_looked_at_by_one_process_and_only_as_long_as_was_announced(two: tuple[Intake, Intake]) -> None:
    here, there = two
    here.write(WHICH, 0, WHOLE, 3000)
    for size in (2999, 3001):
        with pytest.raises(WrongOffset), here.whole(WHICH, size):
            pytest.fail("it was to be looked at")
    with here.whole(WHICH, 3000):
        with pytest.raises(Busy), there.whole(WHICH, 3000):
            pytest.fail("two look at it")
        with pytest.raises(Busy):
            there.write(WHICH, 0, bytes(3000), 3000)
        here.remove(WHICH)
    here.set_apart(WHICH)  # of which there is nothing
    with pytest.raises(WrongOffset), there.whole(WHICH, 3000):
        pytest.fail("it has gone")


def test_what_its_sender_takes_away_while_the_folder_is_looked_through_is_no_fault(
    two: tuple[Intake, Intake], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = two
    for which in ("a", "b", "c"):
        here.write(FileId(which), 0, WHOLE, 3000)
    listed = Path.iterdir

    def going(folder: Path) -> Iterator[Path]:
        for one in listed(folder):
            if one.name == "b":
                there.remove(FileId("b"))
            yield one

    monkeypatch.setattr(Path, "iterdir", going)
    assert here.list_old(time.time() + 60) == ["a", "c"]
