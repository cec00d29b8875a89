"""What is measured, what is aimed at, and how both are shown."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

LATEST = Path(__file__).parent / "latest.jsonl"


class Figure(msgspec.Struct, frozen=True):
    """One measured figure; a line of `latest.jsonl`."""

    name: str
    value: float
    unit: str


class Goal(NamedTuple):
    """The worst value that is good; `least` where more is better."""

    value: float
    least: bool = False

    def met(self, value: float) -> bool:
        """Return whether a value is good."""
        return value >= self.value if self.least else value <= self.value

    def __str__(self) -> str:
        return f"{'≥' if self.least else '≤'} {self.value:g}"


GOALS = {
    "post.cpu_ms_per_message": Goal(0.30),
    "post.messages_per_s": Goal(3000, least=True),
    "post.p99_ms": Goal(100),
    "deliver.p50_ms": Goal(3),
    "deliver.p99_ms": Goal(20),
    "fanout.last_p99_ms": Goal(40),
    "busy.p99_ms": Goal(250),
    "busy.seen_p99_ms": Goal(500),
    "claim.p99_ms": Goal(250),
    "resume.p99_ms": Goal(2000),
    "inbox.p50_ms": Goal(4),
    "thread.p50_ms": Goal(4),
    "upload.of_bare": Goal(0.6, least=True),
    "range.first_byte_p99_ms": Goal(50),
    "uploads.text_p99_ratio": Goal(1.5),
    "start.ready_s": Goal(2.0),
    "idle.rss_mb": Goal(130),
    "idle.kb_per_socket": Goal(25),
    "widget.loader_gz_bytes": Goal(3000),
    "widget.open_gz_bytes": Goal(35_000),
}


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that `share` (0 to 1) of all values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def show(figure: Figure) -> None:
    """Print one figure as a line of the table."""
    goal = GOALS.get(figure.name)
    verdict = "" if goal is None else f"{goal!s:>10}  {'good' if goal.met(figure.value) else 'MISSED'}"
    value = f"{figure.value:,.0f}" if abs(figure.value) >= 1000 else f"{figure.value:.4g}"
    print(f"  {figure.name:<32}{value:>12} {figure.unit:<8}{verdict}", flush=True)


def write(figures: Iterable[Figure]) -> None:
    """Write the figures of this run, one JSON object a line."""
    encode = msgspec.json.Encoder().encode
    LATEST.write_bytes(b"".join(encode(figure) + b"\n" for figure in figures))
