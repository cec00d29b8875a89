"""`python -m bench [NAME…]`: measure all, or what is named; print a table and write `bench/latest.jsonl`."""

from __future__ import annotations

import asyncio
import sys
import time

import uvloop

from bench import colleagues, crowd, desk, files, idle, live, post, reading, widget
from bench.figures import Figure, show, write
from bench.files import Measure
from bench.servers import BenchError, allow_many_files

PARTS: dict[str, Measure] = {
    "post": post.measure,
    "deliver": live.deliver,
    "fanout": live.fanout,
    "claim": crowd.claim,
    "resume": crowd.resume,
    "busy": live.busy,
    "inbox": reading.inbox,
    "thread": reading.thread,
    "directs": colleagues.inbox,
    "badge": colleagues.badge,
    "upload": files.upload,
    "range": files.ranges,
    "uploads": files.texts,
    "start": idle.start,
    "idle": idle.idle,
    "widget": widget.widget,
    "desk": desk.desk,
}


async def _measure(names: list[str]) -> int:
    """Return the exit code: 1 where a figure could not be had."""
    figures: list[Figure] = []
    code = 0
    for name in names:
        began = time.monotonic()
        try:
            found = await PARTS[name]()
        except BenchError as error:
            print(f"  {name}: {error}", file=sys.stderr)
            code = 1
            continue
        for figure in found:
            show(figure)
        print(f"  {'':<32}{time.monotonic() - began:>12.0f} s for {name}")
        figures.extend(found)
    write(figures)
    return code


def main(names: list[str]) -> int:
    """Measure what is named, or all."""
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        print(f"bench: there is no {unknown[0]}; there are {', '.join(PARTS)}", file=sys.stderr)
        return 2
    allow_many_files()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_measure(names or list(PARTS)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
