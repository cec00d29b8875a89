"""Words between the processes that share one PostgreSQL: LISTEN and NOTIFY on one connection, on a thread of its own.

What is said here may be lost: the connection breaks, the other side starts later. So it is only ever said that
something is worth a look, and whoever listens also looks by itself now and then. `joined` is told at each (re)connect,
since from then on nothing is missed; `parted` when words no longer get through.

Words are said after the commit that they speak of, never within it: a NOTIFY inside a transaction takes a lock at
COMMIT that all others wait for. What is said while one round trip is under way goes with the next one.
"""

from __future__ import annotations

import contextlib
import logging
import os
import random
import select
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import psycopg
from sqlalchemy import URL, create_engine
from sqlalchemy.pool import NullPool

from recado.db.dialect import PRESENT
from recado.db.postgres import CONNECT

CHANNEL = "recado"
NAME = "recado-channel"
PAYLOAD_MAX = 7_900
"""A notification takes less than 8,000 bytes."""

WAITING_MAX = 100_000
LOOK_EVERY_MS = 10_000
"""How often a silent connection is asked whether it lives."""

PAUSE_S = 1.0

logger = logging.getLogger(__name__)


class PostgresChannel:
    """`recado.db.channel.Channel` on a server. The three callbacks are called on its thread."""

    def __init__(
        self, url: URL, hear: Callable[[str], None], joined: Callable[[], None], parted: Callable[[], None]
    ) -> None:
        self._url = url
        self._hear = hear
        self._joined = joined
        self._parted = parted
        self._waiting: deque[str] = deque(maxlen=WAITING_MAX)
        self._ended = threading.Event()
        self._bell, self._rope = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._thread = threading.Thread(target=self._run, name="recado-channel", daemon=True)
        self._thread.start()

    def say(self, words: Sequence[str]) -> None:
        """Let every other process hear these words, soon; they may be lost."""
        self._waiting.extend(words)
        self._ring()

    def close(self) -> None:
        """Say what waits, if that is possible now, and end."""
        self._ended.set()
        self._ring()
        self._thread.join()
        os.close(self._bell)
        os.close(self._rope)

    def _ring(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.write(self._rope, b".")

    def _run(self) -> None:
        arguments = CONNECT | {"application_name": NAME, "autocommit": True}
        engine = create_engine(self._url, poolclass=NullPool, connect_args=arguments)
        well = True
        while not self._ended.is_set():
            try:
                with contextlib.closing(engine.raw_connection()) as raw:
                    driver: psycopg.Connection[Any] = raw.driver_connection  # type: ignore[assignment]
                    self._mine = driver.info.backend_pid
                    driver.add_notify_handler(self._take)
                    driver.execute("SELECT pg_advisory_lock_shared(%s)", (PRESENT,))
                    driver.execute(f"LISTEN {CHANNEL}")
                    self._joined()
                    well = True
                    self._serve(driver)
            except Exception as error:  # noqa: BLE001 - words may be lost: whatever it is, it is tried again
                if well and not self._ended.is_set():
                    logger.warning("words between processes do not get through: %s", error)
                well = False
                self._parted()
                self._ended.wait(PAUSE_S * (0.5 + random.random()))  # noqa: S311 - so that all do not return at once

    def _serve(self, driver: psycopg.Connection[Any]) -> None:
        """Say and hear, until it is ended or the connection breaks."""
        poll = select.poll()
        poll.register(driver.fileno(), select.POLLIN)
        poll.register(self._bell, select.POLLIN)
        while True:
            ready = {descriptor for descriptor, _ in poll.poll(LOOK_EVERY_MS)}
            if self._bell in ready:
                os.read(self._bell, 4096)
                for payload in self._payloads():
                    driver.execute("SELECT pg_notify(%s, %s)", (CHANNEL, payload))
            elif not ready:
                driver.execute("SELECT 1")
            driver.pgconn.consume_input()
            while (notify := driver.pgconn.notifies()) is not None:
                self._tell(notify.be_pid, notify.extra.decode())
            if self._ended.is_set():
                return

    def _payloads(self) -> Iterator[str]:
        """Return all that waits, each word once and where it was said last, in as few notifications as hold it."""
        words: dict[str, None] = {}
        while self._waiting:
            word = self._waiting.popleft()
            words.pop(word, None)  # `here`, `gone`, `here` ends with `here`
            words[word] = None
        payload = ""
        for word in words:
            if len(payload) + len(word) >= PAYLOAD_MAX:
                yield payload
                payload = ""
            payload = f"{payload} {word}" if payload else word
        if payload:
            yield payload

    def _take(self, notify: psycopg.Notify) -> None:
        self._tell(notify.pid, notify.payload)

    def _tell(self, process: int, payload: str) -> None:
        if process != self._mine:
            self._hear(payload)
