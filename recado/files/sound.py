"""Sound: decoded as a stream to measure it, and made into what every browser plays. FFmpeg's libraries do both (PyAV).

What a container says of its length is not believed: browsers' recorders write none, and whoever means harm writes
anything. Only demuxers and decoders of formats that are recorded are let at a file, and none that opens another one.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import av
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition

PEAKS = 64
HERTZ = 24_000
"""Of what is made: all that voices have lies below half of it, and it halves what 48,000 costs."""
BITS = 48_000
"""A second, always: so a browser knows by the place in the file what time it is there."""
FRAME = 576
"""Samples of a frame of MPEG-2, layer III; of each of them the loudest is looked at."""
CHANNELS_MAX = 8
_NO_PLACE = frozenset({errno.EINVAL, errno.EOVERFLOW})
"""What the system says of a place that a file names and that no file has; all else it says is not the file's fault."""
HERTZ_LEAST, HERTZ_MAX = 7_350, 192_000
_DEMUXERS = {
    "audio/webm": "matroska",
    "audio/ogg": "ogg",
    "audio/mp4": "mov",
    "audio/wav": "wav",
    "audio/mpeg": "mp3",
}
_DECODERS = (
    *("opus", "libopus", "vorbis", "aac", "alac", "mp3", "mp3float"),
    *("pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le"),
)
_LOUDNESS = bytes(min(one, 255 - one) for one in range(256))
"""By the upper byte of a sample of 16 bits: how far it is from silence, 0 to 127."""


class WrongSoundError(Exception):
    """It is not taken; `fault` says why, as `WrongFile` does."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


class Heard(NamedTuple):
    """How long a sound is, and how loud on the whole in each of `PEAKS` equal parts of it: 0 to 100 for the loudest."""

    ms: int
    peaks: list[int]


def listen(path: Path, kind: str, ms_max: int, made: Path | None) -> Heard:
    """Decode all of a sound, and write it as MP3 where `made` says so; `WrongSoundError` for what is none.

    What can be heard counts: a recording that was cut off is as long as what there is of it. `OSError`: no room.
    """
    try:
        with (
            path.open("rb") as file,
            av.open(
                file,
                "r",
                format=_DEMUXERS[kind],
                metadata_errors="ignore",
                container_options={"codec_whitelist": ",".join(_DECODERS)},
                io_open=_nothing_else,
            ) as container,
        ):
            pieces = _resampled(_decoded(container, _track_of(container), ms_max))
            loud, samples = _measured(pieces if made is None else _written(pieces, made))
    except MemoryError as error:
        raise WrongSoundError("too_complex") from error
    except av.EOFError as error:
        raise WrongSoundError("no_sound") from error
    except (av.FFmpegError, ValueError) as error:
        raise WrongSoundError("damaged") from error
    except OSError as error:
        if error.errno not in _NO_PLACE:
            raise
        raise WrongSoundError("damaged") from error
    ms = round(samples * 1000 / HERTZ)
    if ms == 0:
        raise WrongSoundError("no_sound")
    return Heard(ms, _peaks_of(loud))


def _nothing_else(*_: object) -> NoReturn:
    """Refuse to open what a file names: another one, or an address."""
    raise WrongSoundError("damaged")


def _track_of(container: InputContainer) -> AudioStream:
    """Return the first track of sound; refuse a film, and what nobody records with."""
    pictures = (one for one in container.streams.video if not one.disposition & Disposition.attached_pic)
    if any(pictures):
        raise WrongSoundError("mismatch")
    tracks = container.streams.audio
    if not tracks:
        raise WrongSoundError("no_sound")
    if getattr(tracks[0].codec_context, "name", None) not in _DECODERS:  # it has none where nothing decodes it
        raise WrongSoundError("format")
    tracks[0].codec_context.thread_count = 1
    return tracks[0]


def _decoded(container: InputContainer, track: AudioStream, ms_max: int) -> Iterator[AudioFrame]:
    """Yield what a track holds, as long as it may be. A few packets may be broken; after many the file is."""
    seconds, good, bad = 0.0, 0, 0
    for packet in _packets(container, track):
        try:
            frames = packet.decode()
        except av.InvalidDataError:
            bad += 1
            continue
        for frame in frames:
            if len(frame.layout.channels) > CHANNELS_MAX or not HERTZ_LEAST <= frame.sample_rate <= HERTZ_MAX:
                raise WrongSoundError("too_complex")
            seconds += frame.samples / frame.sample_rate
            if seconds * 1000 > ms_max:
                raise WrongSoundError("too_long")
            frame.pts = None
            good += 1
            yield frame
    if bad > (2 + good // 10 if good else 0):
        raise WrongSoundError("damaged")


def _packets(container: InputContainer, track: AudioStream) -> Iterator[Any]:
    """Yield a track's packets, up to where the file ends or cannot be followed any more."""
    try:
        yield from container.demux(track)
    except (av.InvalidDataError, av.EOFError):
        yield from ()


def _resampled(frames: Iterator[AudioFrame]) -> Iterator[AudioFrame]:
    """Yield sound as it is encoded: one channel, 16 bits, frames of `FRAME` samples."""
    resampler, before = None, None
    for frame in frames:
        now = frame.format.name, frame.layout.name, frame.sample_rate
        if resampler is None or now != before:
            if resampler is not None:
                yield from resampler.resample(None)
            resampler, before = AudioResampler("s16p", "mono", HERTZ, FRAME), now
        yield from resampler.resample(frame)
    if resampler is not None:
        yield from resampler.resample(None)


def _written(pieces: Iterator[AudioFrame], made: Path) -> Iterator[AudioFrame]:
    """Yield the pieces, each once it is written; the header that tells the length is written last."""
    options = {"id3v2_version": "0"}
    # A file of ours, so that a full disk is an `OSError` and no fault of FFmpeg's.
    with made.open("wb") as file, av.open(file, "w", format="mp3", container_options=options) as container:
        encoder = container.add_stream("libmp3lame", rate=HERTZ, layout="mono", format="s16p", bit_rate=BITS)
        for piece in pieces:
            piece.pts = None
            container.mux(encoder.encode(piece))
            yield piece
        container.mux(encoder.encode(None))


def _measured(pieces: Iterator[AudioFrame]) -> tuple[bytes, int]:
    """Return how loud each piece is, 0 to 127, and how many samples there are in all."""
    loud, samples = bytearray(), 0
    for piece in pieces:
        upper = bytes(piece.planes[0])[1 : 2 * piece.samples : 2]
        loud.append(max(upper.translate(_LOUDNESS)))
        samples += piece.samples
    return bytes(loud), samples


def _peaks_of(loud: bytes) -> list[int]:
    """Return the means of `PEAKS` parts, the greatest of them as 100; zeros for silence."""
    count = len(loud)
    starts = [part * count // PEAKS for part in range(PEAKS + 1)]
    parts = [loud[start : max(start + 1, end)] for start, end in pairwise(starts)]
    means = [sum(part) / len(part) for part in parts]
    most = max(means)
    return [round(100 * mean / most) if most else 0 for mean in means]
