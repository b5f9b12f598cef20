"""What a session leaves behind OpenSC: on the kiosk's disk, and in a card that stays in."""

from pathlib import Path

import pytest

from tests.harness.token.support import APPLICATION, adapter, issued, pin, quiet, reference, requested, until, watching
from tests.rig.card.manners import UnrulyCard
from tests.rig.card.pcscd import Reader
from tests.rig.card.provision import Shelf, token_in
from tests.rig.softhsm import SoftToken
from tui.core.failure import Reason, TokenError
from tui.token.tokens import Tokens

_OWN_SETTINGS = "app default { card_drivers = myeid; }\n"
"""OpenSC with all its defaults, which differ by its version."""
_RESETTING = "app default { card_drivers = myeid; reader_driver pcsc { disconnect_action = reset; } }\n"
"""What README asks for."""


def configured(reader: Reader, certificate: bytes, settings: str, folder: Path) -> SoftToken:
    """The card in this reader, for a driver with these settings and a home in `folder`."""
    (folder / "home").mkdir()
    (folder / "opensc.conf").write_text(settings)
    own = {"OPENSC_CONF": str(folder / "opensc.conf"), "HOME": str(folder / "home")}
    environment = {**dict(reader.environment), **own}
    made = token_in(reader, certificate)
    return SoftToken(reader.directory, made.module, tuple(environment.items()), certificate, made.pin, made.label)


async def renewed(tokens: Tokens, token: SoftToken, shelf: Shelf) -> bytes:
    """Request and installation: the new certificate."""
    application = issued(await requested(tokens, token), shelf.ca, token.certificate_der)
    ref = await reference(tokens, token.certificate_der)
    return (await tokens.install(ref, pin(), application, quiet)).new.der


async def test_nothing_of_a_person_is_cached_on_the_disk(reader: Reader, shelf: Shelf, tmp_path: Path) -> None:
    card, certificate = shelf.take("ec256")
    token = configured(reader, certificate, _OWN_SETTINGS, tmp_path)
    with reader.holding(card):
        tokens = adapter(token)
        new = await renewed(tokens, token, shelf)
        async with watching(tokens) as snapshots:
            seen = await until(snapshots, lambda snapshot: len(snapshot.tokens[0].certificates) == 2)
        await tokens.close()
    assert {each.der for each in seen.tokens[0].certificates} == {certificate, new}
    assert [str(path) for path in (tmp_path / "home").rglob("*")] == []


async def test_the_drivers_end_logs_out_where_opensc_is_told_to_reset(
    reader: Reader, shelf: Shelf, tmp_path: Path
) -> None:
    card, certificate = shelf.take("ec256")
    token = configured(reader, certificate, _RESETTING, tmp_path)
    with reader.holding(card):
        tokens = adapter(token)
        await renewed(tokens, token, shelf)
        assert any(line.startswith("0020") and line.endswith("> 9000") for line in card.log)
        await tokens.close()
        assert card.card.logged_in == frozenset()


async def test_a_card_that_was_left_logged_in_asks_the_next_person_for_the_pin(
    reader: Reader, shelf: Shelf, tmp_path: Path
) -> None:
    card, certificate = shelf.take("ec256")
    token = configured(reader, certificate, _OWN_SETTINGS, tmp_path)
    with reader.holding(card):
        await _used(token)
        assert card.card.logged_in in (frozenset(), {1})  # C_Logout reaches the card up to OpenSC 0.23
        signed = _signatures(card)
        tokens = adapter(token)
        ref = await reference(tokens, certificate)
        with pytest.raises(TokenError) as caught:
            await tokens.make_request(ref, pin("000000"), APPLICATION, quiet)
        await tokens.close()
    assert caught.value.failure.reason is Reason.WRONG_PIN
    assert (_signatures(card), card.card.logged_in) == (signed, frozenset())


async def _used(token: SoftToken) -> None:
    tokens = adapter(token)
    await requested(tokens, token)
    await tokens.close()


def _signatures(card: UnrulyCard) -> int:
    return sum(line.startswith("002a9e9a") for line in card.log)
