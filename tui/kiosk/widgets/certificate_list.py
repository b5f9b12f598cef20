"""A list of certificates under their tokens, one of which can be picked; blocks of several rows."""

from collections.abc import Callable

from textual.content import Content
from textual.widgets.option_list import Option

from tui.core.certificate import CertificateRef
from tui.core.frozen import frozen
from tui.kiosk.widgets.rows import Rows


@frozen
class Block:
    """One entry."""

    content: Content
    certificate: CertificateRef | None = None
    """What picking it picks; None for what is only said."""


class CertificateList(Rows):
    """Keeps the cursor with its certificate, wherever that stands after a change."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self._build: Callable[[int], tuple[Block, ...]] | None = None
        self._blocks: tuple[Block, ...] = ()

    @property
    def picked(self) -> CertificateRef | None:
        """The certificate under the cursor."""
        return None if self.highlighted is None else self._blocks[self.highlighted].certificate

    def certificate_at(self, index: int) -> CertificateRef | None:
        """What an entry stands for."""
        return self._blocks[index].certificate

    def show_fitted(self, build: Callable[[int], tuple[Block, ...]]) -> None:
        """Draw what `build` makes for the cells that a line has, now and after every change of them."""
        self._build = build
        self.fit()

    def turn(self, pages: int) -> None:
        """A page on, or back."""
        if pages > 0:
            self.action_page_down()  # type: ignore[no-untyped-call]
        else:
            self.action_page_up()  # type: ignore[no-untyped-call]

    def fit(self) -> None:
        """Have the blocks built anew for the width that there is."""
        width = self.scrollable_content_region.width - 2
        if self._build is None or width <= 0:
            return
        before, blocks = self.picked, self._build(width)
        if blocks == self._blocks:
            return
        self._blocks = blocks
        self.clear_options()
        self.add_options([Option(block.content, disabled=block.certificate is None) for block in blocks])
        listed = [block.certificate for block in blocks]
        first = next((at for at, certificate in enumerate(listed) if certificate is not None), None)
        self.highlighted = listed.index(before) if before in listed and before is not None else first
        if before is None:
            self.scroll_home(animate=False)

    def on_resize(self) -> None:
        """Wrap anew."""
        self.fit()
