"""Run the driver's process: whatever reads certificates is imported beside it, in a process that ends."""

from tui.process.hardening import harden, hide
from tui.token.host.reader import Reader


def main() -> None:
    """Serve until the program's end of the channel closes."""
    harden()
    hide()
    reader = Reader.start()
    from tui.token.host.channel import Channel  # the driver's side, which the reader does without
    from tui.token.host.serving import serve

    channel = Channel()
    try:
        serve(channel, reader.read)
    except (EOFError, BrokenPipeError):
        return


if __name__ == "__main__":
    main()
