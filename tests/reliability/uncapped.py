"""`recado serve` without the caps on how fast one person may send, so that a few people make the load of many.

Nothing else differs: the caps are widened before the doors that read them are imported.
"""

from recado.web import limits

CAPS = ("VISITOR_SENDS", "OPERATOR_SENDS", "OPENINGS_PER_VISITOR")


def widen() -> None:
    """Lift the caps on sending, for this process and what is forked from it."""
    for name in CAPS:
        assert isinstance(getattr(limits, name), limits.Rate)
        setattr(limits, name, limits.Rate(1e9, 1e9))


if __name__ == "__main__":
    widen()
    from recado.cli import main

    main(["serve"])
