"""Byte strings into the PIN's prompt, stars compared with keys typed: `python -m tests.bench.pin_fuzz --runs N`."""

import argparse
import asyncio

from textual import events
from textual.message import Message

from tests.harness import people
from tests.harness.kiosk.stage import Stage, staged
from tests.harness.kiosk.streams import Stream, soup, stream
from tui.journey.state import Step
from tui.kiosk.terminal.keyboard import Input
from tui.kiosk.widgets.pin_pad import PinEntry

SIZE = (80, 24)


def messages(case: Stream) -> list[Message]:
    """What the driver makes of a stream, no time passing but in the silences."""
    source = Input(clock=lambda: 0.0)
    return [m for data in case.reads for m in (source.tick() if data is None else source.feed(data))]


def printable_keys(case: Stream) -> int:
    """Keys that would type an ASCII character."""
    keys = [message for message in messages(case) if isinstance(message, events.Key)]
    return sum(1 for key in keys if key.character and key.character.isascii() and key.is_printable)


async def stars(stage: Stage, case: Stream) -> int:
    """Characters in the prompt after a stream."""
    entry = stage.screen.query_one(PinEntry)
    entry.wipe()
    entry.focus()
    stage.app.idle.touch()  # what types here is rightly not taken for a person
    for message in messages(case):
        stage.app.post_message(message)
    await stage.events()
    while stage.app._type_ahead.busy:
        await stage.events()
    return entry.length


async def run(runs: int) -> int:
    """Streams that typed something else."""
    wrong = 0
    async with staged(people.state(Step.REQUEST_PIN), SIZE) as stage:
        for seed in range(runs):
            case, random_bytes = stream(seed), soup(seed)
            shown, read = await stars(stage, case), printable_keys(random_bytes)
            if (shown, read) != (case.typed, random_bytes.typed):
                wrong += 1
                print(f"seed {seed}: {shown} for {case.typed}, {read} for {random_bytes.typed}")
    return wrong


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=2000)
    total = parser.parse_args().runs
    print(f"{total} streams and {total} random byte strings: {asyncio.run(run(total))} wrong")
