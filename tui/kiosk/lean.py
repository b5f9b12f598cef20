"""Import Textual without its command palette, which no kiosk has, and the folder that it keeps screenshots in.

The palette brings fields, lists and trees, the folder four compressors: 2 MiB of a process that waits all day, and a
tenth of its start.
"""

from tui.process.later import put_off

with (
    put_off(
        "textual.command",
        *("CommandListItem", "CommandPalette", "DiscoveryHit", "Hit", "Hits", "Provider"),
        "SimpleProvider",
    ),
    put_off("platformdirs", "user_downloads_path"),
    put_off("difflib", "get_close_matches"),
):
    import textual.app  # noqa: F401
