"""What can be read on a brand's colour."""

from itertools import chain

import pytest

from recado.domain.chats import ink_on


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2, written from its text and not from the code."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))

    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)


def contrast(a: str, b: str) -> float:
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def test_text_on_any_brand_colour_reaches_4_5_to_1() -> None:
    some = (f"#{value:06x}" for value in range(0, 0xFFFFFF, 0x050B07))
    edges = ["#000000", "#ffffff", "#767676", "#777777"]
    for colour in chain(some, edges):
        ink = "#ffffff" if ink_on(colour) == "#fff" else "#000000"
        assert contrast(colour, ink) >= 4.5, colour


@pytest.mark.parametrize(("colour", "ink"), [("#0b6b4f", "#fff"), ("#ffd400", "#000"), ("#767676", "#fff")])
def test_white_is_taken_wherever_it_can_be_read(colour: str, ink: str) -> None:
    assert ink_on(colour) == ink
