"""Pictures are kept without what their camera noted, as they are seen, with a small one beside them."""

import io

import pytest
from PIL import Image, ImageOps

from recado.files import pictures
from recado.files.pictures import ORIENTATION, SCANS_MAX, SMALL, DamagedError, TooLargeError, prepare
from tests.files.samples import photo, picture


def test_place_owner_and_words_are_gone_and_the_pixels_are_the_same() -> None:
    taken = photo()
    assert b"Nokia of Lucia" in taken
    assert Image.open(io.BytesIO(taken)).getexif().get_ifd(0x8825)
    made = prepare(taken, "JPEG")
    kept = Image.open(io.BytesIO(made.raw))
    assert dict(kept.getexif()) == {ORIENTATION: 6}
    for word in (b"Nokia", b"written at home"):
        assert word not in made.raw
    assert kept.tobytes() == Image.open(io.BytesIO(taken)).tobytes()


def test_so_are_those_of_other_formats() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Nokia of Lucia"
    for kind in ("PNG", "WEBP"):
        taken = picture(kind, exif=exif, lossless=True)
        assert b"Nokia" in taken
        made = prepare(taken, kind)
        assert b"Nokia" not in made.raw
        assert Image.open(io.BytesIO(made.raw)).tobytes() == Image.open(io.BytesIO(taken)).tobytes()


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_sizes_are_those_that_are_seen(orientation: int) -> None:
    made = prepare(photo(orientation), "JPEG")
    seen = (48, 64) if orientation > 4 else (64, 48)
    assert (made.width, made.height) == seen
    assert Image.open(io.BytesIO(made.small)).size == seen


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_other_formats_are_seen_as_the_camera_was_held_too(kind: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[ORIENTATION], exif[0x010F] = orientation, "Nokia of Lucia"
    taken = picture(kind, exif=exif, lossless=True)
    made = prepare(taken, kind)
    assert b"Nokia" not in made.raw
    seen = ImageOps.exif_transpose(Image.open(io.BytesIO(taken)))
    kept = Image.open(io.BytesIO(made.raw))
    # Browsers go by the note in a PNG, and by none in a WebP.
    assert kept.getexif().get(ORIENTATION, 1) == (orientation if kind == "PNG" else 1)
    assert ImageOps.exif_transpose(kept).tobytes() == seen.tobytes()
    assert (made.width, made.height) == Image.open(io.BytesIO(made.small)).size == seen.size


def test_a_webp_that_is_turned_stays_as_small_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    taken = picture("WEBP", (640, 480), exif=exif, quality=70)
    made = prepare(taken, "WEBP")
    assert (made.width, made.height) == (480, 640)
    assert len(made.raw) < 3 * len(taken)
    monkeypatch.setattr(pictures, "TURNED_MAX", 640 * 480 - 1)
    left = prepare(taken, "WEBP")
    assert (left.width, left.height) == Image.open(io.BytesIO(left.small)).size == (640, 480)


@pytest.mark.parametrize("how", [{}, {"progressive": True}], ids=["from above", "progressive"])
def test_a_photograph_that_lacks_nothing_but_the_mark_of_its_end_is_kept_with_it(how: dict[str, object]) -> None:
    for size in ((64, 48), (3000, 2000)):
        whole = picture("JPEG", size, **how)
        for lacking in (1, 2):
            made = prepare(whole[:-lacking], "JPEG")
            assert (made.width, made.height) == size
            assert Image.open(io.BytesIO(made.raw)).tobytes() == Image.open(io.BytesIO(whole)).tobytes()
        with pytest.raises(DamagedError):
            prepare(whole[: len(whole) // 3], "JPEG")


def test_a_picture_that_goes_over_itself_without_end_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Scans that change nothing are a few bytes each, and as much work for whoever shows it as a whole picture."""
    usual = picture("JPEG", (64, 48), progressive=True)
    count, last = usual.count(b"\xff\xda"), usual[usual.rindex(b"\xff\xda") : -2]

    def with_scans(more: int) -> bytes:
        return usual[:-2] + last * more + b"\xff\xd9"

    assert prepare(with_scans(SCANS_MAX - count), "JPEG").width == 64
    with pytest.raises(TooLargeError):
        prepare(with_scans(SCANS_MAX - count + 1), "JPEG")
    monkeypatch.setattr(pictures, "PASSED_MAX", 64 * 48 * count)
    assert prepare(usual, "JPEG").width == 64
    with pytest.raises(TooLargeError):
        prepare(with_scans(1), "JPEG")


def test_a_large_picture_has_a_small_one() -> None:
    made = prepare(picture("JPEG", (3000, 2000)), "JPEG")
    assert (made.width, made.height) == (3000, 2000)
    small = Image.open(io.BytesIO(made.small))
    assert small.format == "WEBP"
    assert max(small.size) == SMALL


def test_colours_stay_and_a_profile_without_end_goes() -> None:
    profile = b"a colour profile"
    assert profile in prepare(picture("JPEG", icc_profile=profile), "JPEG").raw
    clear = Image.new("RGBA", (20, 20), (255, 0, 0, 0))
    written = io.BytesIO()
    clear.save(written, "PNG")
    assert Image.open(io.BytesIO(prepare(written.getvalue(), "PNG").small)).mode == "RGBA"
