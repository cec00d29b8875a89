"""Recordings as browsers and telephones make them, made here by the library, and what can be heard in one."""

from __future__ import annotations

import io
import math
from array import array
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple

import av
from av.audio.frame import AudioFrame

RATE = 48_000
Options = dict[str, str]


class Way(NamedTuple):
    """How a kind of recording is written."""

    container: str
    codec: str
    options: Options
    type: str


WAYS = {
    "webm": Way("webm", "libopus", {"live": "1"}, "audio/webm"),  # as MediaRecorder does: no length, no index
    "ogg": Way("ogg", "libopus", {}, "audio/ogg"),
    "m4a": Way("mp4", "aac", {"movflags": "frag_keyframe+empty_moov"}, "audio/mp4"),  # as Safari does: in fragments
    "mp4": Way("mp4", "libopus", {"movflags": "frag_keyframe+empty_moov"}, "audio/mp4"),
    "alac": Way("mp4", "alac", {}, "audio/mp4"),
    "wav": Way("wav", "pcm_s16le", {}, "audio/wav"),
    "mp3": Way("mp3", "libmp3lame", {}, "audio/mpeg"),
}


def tone(ms: int, hertz: int = 440, loud: int = 12_000) -> array[int]:
    """Samples of a tone."""
    turn = 2 * math.pi * hertz / RATE
    return array("h", (round(loud * math.sin(turn * at)) for at in range(RATE * ms // 1000)))


def frames_of(samples: array[int], rate: int = RATE, layout: str = "mono") -> Iterator[AudioFrame]:
    """Samples as an encoder takes them."""
    for at in range(0, len(samples), 960):
        part = samples[at : at + 960]
        frame = AudioFrame("s16", layout, len(part))
        for plane in frame.planes:
            plane.update(part.tobytes().ljust(plane.buffer_size, b"\0"))
        frame.sample_rate, frame.pts = rate, at
        yield frame


def recording(kind: str, samples: array[int] | None = None, **how: Any) -> bytes:
    """A recording of a second's tone, or of these samples."""
    return recorded(WAYS[kind], frames_of(tone(1000) if samples is None else samples), **how)


def recorded(
    way: Way,
    frames: Iterable[AudioFrame],
    rate: int = RATE,
    *,
    film: str = "",
    notes: Mapping[str, str] | None = None,
    **how: Any,
) -> bytes:
    """A recording in a certain way; `film` is how a moving picture in it is coded, `notes` what its maker noted."""
    written = io.BytesIO()
    with av.open(written, "w", format=way.container, container_options=way.options) as container:
        container.metadata.update(notes or {})
        track = container.add_stream(way.codec, rate=rate, **{"layout": "mono", **how})
        assert isinstance(track, av.AudioStream)
        pictures = container.add_stream(film, rate=10, width=16, height=16, pix_fmt="yuv420p") if film else None
        container.start_encoding()
        if isinstance(pictures, av.VideoStream):
            for at in range(3):
                picture = av.VideoFrame(16, 16, "yuv420p")
                picture.pts = at
                container.mux(pictures.encode(picture))
            container.mux(pictures.encode(None))
        for frame in frames:
            container.mux(track.encode(frame))
        container.mux(track.encode(None))
    return written.getvalue()


def endless(hours: int) -> bytes:
    """A small recording of nothing that goes on for hours: packets of Opus (RFC 6716) of 120 ms and 14 bytes."""
    packet, each = b"\xfb\x06" + b"\xff\xfe" * 6, RATE * 120 // 1000
    written = io.BytesIO()
    with av.open(written, "w", format="ogg") as container:
        track = container.add_stream("libopus", rate=RATE, layout="mono")
        container.start_encoding()
        for at in range(hours * 3600 * RATE // each):
            next_one = av.Packet(packet)
            next_one.stream, next_one.time_base = track, Fraction(1, RATE)
            next_one.pts = next_one.dts = at * each
            container.mux(next_one)
    return written.getvalue()


class Sounding(NamedTuple):
    """What a player gets out of a sound: its length as its header says and as it is, pitch and loudness midway."""

    said_ms: int
    ms: int
    hertz: int
    loud: int


def heard(content: bytes) -> Sounding:
    """What comes out of a sound where it is played."""
    samples = array("h")
    with av.open(io.BytesIO(content), "r") as container:
        said = (container.duration or 0) // 1000
        track = container.streams.audio[0]
        assert len(track.layout.channels) == 1
        resampler = av.AudioResampler("s16p", "mono", track.rate)
        for frame in container.decode(track):
            frame.pts = None
            for one in resampler.resample(frame):
                samples.frombytes(bytes(one.planes[0])[: 2 * one.samples])
        rate = track.rate
    middle = samples[len(samples) // 4 : -len(samples) // 4]
    turns = sum(1 for one, after in pairwise(middle) if one < 0 <= after)
    hertz = round(turns * rate / len(middle))
    return Sounding(said, len(samples) * 1000 // rate, hertz, max(map(abs, middle)))
