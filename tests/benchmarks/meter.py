"""What a process and its children have used, as the kernel counts it (Linux)."""

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")
_RESET_PEAK = "5"


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU seconds, user and system, and the largest resident size so far in KiB."""

    cpu_s: float
    peak_kib: int

    @classmethod
    def of(cls, root: int) -> Self:
        """Sum up a process and all that it started; those that ended count by their parent."""
        family = [root, *descendants(root)]
        return cls(sum(map(_cpu_seconds, family)), sum(map(_peak_kib, family)))


def reset_peak(root: int) -> None:
    """Let the largest resident size count from now on."""
    for pid in (root, *descendants(root)):
        (PROC / str(pid) / "clear_refs").write_text(_RESET_PEAK)


def descendants(root: int) -> list[int]:
    """Return the ids of all processes below one, the nearest first."""
    found: list[int] = []
    for task in (PROC / str(root) / "task").iterdir():
        for child in map(int, (task / "children").read_text().split()):
            found += [child, *descendants(child)]
    return found


def _cpu_seconds(pid: int) -> float:
    """Nanoseconds count for what runs; what ended is known in ticks of some milliseconds only."""
    name_then_numbers = (PROC / str(pid) / "stat").read_text()
    ended = map(int, name_then_numbers.rpartition(")")[2].split()[13:15])
    return time.clock_gettime(_cpu_clock(pid)) + sum(ended) / TICKS


def _cpu_clock(pid: int) -> int:
    """Return the kernel's number for the CPU clock of a process (clock_getcpuclockid)."""
    return (~pid << 3) | 2


def _peak_kib(pid: int) -> int:
    for line in (PROC / str(pid) / "status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    return 0
