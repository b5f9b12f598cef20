"""The colours that style sheets name, and how Textual is told of them."""

from dataclasses import asdict

from textual.theme import Theme

from tui.core.frozen import frozen


@frozen
class Palette:
    """One set of colours for one depth; each a `#rrggbb` or one of Textual's sixteen `ansi_...`."""

    name: str
    ground: str
    surface: str
    """Of panels: bars, documents, dialogues."""
    raised: str
    """Of buttons and fields at rest."""
    key: str
    """Ground of a key of the keyboard on the screen, which has no edges."""
    on_key: str
    edge: str
    """Where a button, a field or a dialogue ends: 3:1 on ground, surface and raised."""
    text: str
    muted: str
    """Quieter text on ground and surface."""
    heading: str
    accent: str
    """Text that matters: money, an end date. No ground: eight colours have no such one."""
    good: str
    bad: str
    focus: str
    """Ground of what has the focus."""
    ink: str
    """Text on focus, accent, good and bad."""
    bar: str
    on_bar: str
    main: str
    """Ground of the main button at rest."""
    on_main: str
    selected: str
    """Ground of the current stage and the chosen row."""
    on_selected: str
    alarm: str
    on_alarm: str
    caret: str = "underline"
    """The style of the cell at which is typed; a Linux console shows no line below a blank."""
    dark: bool = True

    @property
    def is_ansi(self) -> bool:
        """The terminal's own sixteen colours, whatever they look like there."""
        return self.ground.startswith("ansi_")

    def theme(self) -> Theme:
        """For Textual; names of its own that its stock styles use are set, too."""
        named = {name.replace("_", "-"): colour for name, colour in asdict(self).items() if isinstance(colour, str)}
        return Theme(
            name=self.name,
            ansi=self.is_ansi,
            dark=self.dark,
            primary=self.bar,
            secondary=self.heading,
            warning=self.accent,
            error=self.alarm,
            success=self.good,
            accent=self.accent,
            foreground=self.text,
            background=self.ground,
            surface=self.surface,
            panel=self.raised,
            variables={
                **{
                    name: named[name]
                    for name in named.keys() - {"name", "ground", "text", "heading", "accent", "caret"}
                },
                "field": self.raised,
                "block-cursor-foreground": self.ink,
                "block-cursor-background": self.focus,
                "input-cursor-text-style": self.caret,
                "input-selection-foreground": self.on_selected,
                "input-selection-background": self.selected,
                "scrollbar": self.edge,
                "scrollbar-hover": self.heading,
                "scrollbar-active": self.heading,
                "scrollbar-background": self.surface,
                "scrollbar-background-hover": self.surface,
                "scrollbar-background-active": self.surface,
                **({"ansi-background": self.ground, "ansi-foreground": self.text} if self.is_ansi else {}),
                **({"border-blurred": self.ground} if self.is_ansi else {}),
            },
        )
