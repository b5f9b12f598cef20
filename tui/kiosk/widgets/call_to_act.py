"""The one thing to do now: in letters of eight rows where the window is high, on a band of its own elsewhere."""

from textual.content import Content

from tui.kiosk.widgets.words import Words

GAP = 4
"""Cells between what is to be done and what else is said."""


class CallToAct(Words):
    """What is to be done, and why; told once, drawn anew in a window of another size."""

    _told: tuple[str, str, bool] = ("", "", False)

    def show(self, act: str, why: str, *, large: bool = True) -> None:
        """Draw `act`, and `why` beside or below it; never in `large` letters where the page has no rows for them."""
        self._told = act, why, large
        self._draw()

    def on_resize(self) -> None:
        """There is more room, or less."""
        self._draw()

    def _draw(self) -> None:
        from tui.kiosk.widgets.large_words import large

        act, why, has_room = self._told
        letters = large(act, "$accent") if has_room and self.screen.has_class("-roomy") else None
        self.set_class(letters is None, "-band")
        below = Content.styled(why, "bold $good")
        band = Content.assemble((act, "bold"), " " * GAP, why)
        self.update(Content("\n\n").join([letters, below]) if letters else band)
