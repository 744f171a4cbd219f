"""Tells the other processes whose log has grown: tenant and cursor, and nothing else.

Best effort: what gets lost with a connection or a process, devices find when they next ask.
"""

from collections.abc import Callable
from queue import SimpleQueue
from threading import Event, Thread

import psycopg

from shared.ids import Cursor, InvalidIdError, TenantId, tenant_id

_LOOK_SECONDS = 0.25
_MOST_TOGETHER = 64
_SEND = "SELECT pg_notify('swingtag', line) FROM unnest(%s::text[]) AS line"
Heard = Callable[[TenantId | None], None]


class PostgresWire:
    """Two connections of its own to the directory's database; a pooler cannot lend these.

    ``instance`` tells this process from the others.
    """

    def __init__(self, dsn: str, instance: str) -> None:
        self._dsn = dsn
        self._instance = instance
        self._waiting: SimpleQueue[str] = SimpleQueue()
        self._over = Event()
        self._threads: list[Thread] = []

    def start(self, heard: Heard) -> None:
        """Call ``heard`` for each tenant, from a thread; with None when some may be missing."""
        for work in (lambda: self._listen(heard), self._send):
            thread = Thread(target=self._again_and_again, args=(work,), daemon=True)
            thread.start()
            self._threads.append(thread)

    def tell(self, tenant: TenantId, cursor: Cursor) -> None:
        """Tell the others, soon."""
        self._waiting.put(f"{tenant.hex()} {cursor} {self._instance}")

    def close(self) -> None:
        """Hang up."""
        self._over.set()
        self._waiting.put("")
        for thread in self._threads:
            thread.join()

    def _again_and_again(self, work: Callable[[], None]) -> None:
        while not self._over.is_set():
            try:
                work()
            except psycopg.Error:
                self._over.wait(_LOOK_SECONDS)

    def _listen(self, heard: Heard) -> None:
        with psycopg.connect(self._dsn, autocommit=True) as line:
            line.execute("LISTEN swingtag")
            heard(None)
            while not self._over.is_set():
                for note in line.notifies(timeout=_LOOK_SECONDS):
                    self._hear(note.payload, heard)

    def _hear(self, said: str, heard: Heard) -> None:
        tenant, _, rest = said.partition(" ")
        if rest.partition(" ")[2] == self._instance:
            return
        try:
            heard(tenant_id(bytes.fromhex(tenant)))
        except (ValueError, InvalidIdError):
            return  # somebody else uses the channel

    def _send(self) -> None:
        with psycopg.connect(self._dsn, autocommit=True) as line:
            line.execute("SET synchronous_commit = off")
            while not self._over.is_set():
                said = [self._waiting.get()]
                while len(said) < _MOST_TOGETHER and not self._waiting.empty():
                    said.append(self._waiting.get())
                line.execute(_SEND, (list(filter(None, said)),))
