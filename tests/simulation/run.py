"""From a seed to a verdict."""

import asyncio
import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.memory_disk import folder_in_memory
from tests.simulation.ending import heal, judge
from tests.simulation.machine_room import hand_driven_loop
from tests.simulation.shortcuts import done_once
from tests.simulation.steps import live, remove
from tests.simulation.template import Template, make_template
from tests.simulation.world import World, page_bytes

_PAGES = (1, 2_000, 4_194_304)
_GATHERED = 20
"""After so many worlds garbage is gathered: that takes a tenth of a world."""


@dataclass
class Simulator:
    """Runs worlds one after the other, in one folder."""

    folder: Path
    template: Template
    loop: asyncio.AbstractEventLoop

    def run(self, seed: int, tell: Callable[[str], None] = lambda _: None) -> set[str]:
        """Let one world live and end; raise Violation, or whatever escaped."""
        page_bytes(_PAGES[seed % len(_PAGES)])
        world = World(seed, self.folder / "world", self.template, self.loop, tell)
        try:
            live(world, 20 + seed % 40)
            tell("heal")
            heal(world)
            judge(world)
        finally:
            remove(world)
            if seed % _GATHERED == 0:
                gc.collect()
        return world.outcomes


@contextmanager
def simulator() -> Iterator[Simulator]:
    """Make the template, in memory if that can be."""
    loop = hand_driven_loop()
    with done_once(), folder_in_memory("worlds") as home:
        try:
            yield Simulator(home, make_template(home / "template", loop), loop)
        finally:
            page_bytes(_PAGES[-1])
            loop.close()
