"""The desk's address in the settings, as it is connected to and as it is named in a request."""

import pytest

from tui.core.failure import DeskError, Reason
from tui.deskclient.server import Server


@pytest.mark.parametrize(
    ("url", "server", "authority"),
    [
        ("https://desk.example", Server("desk.example", 443, ""), "desk.example"),
        ("https://Desk.example:8443/", Server("desk.example", 8443, ""), "desk.example:8443"),
        ("https://desk.example:443/ca/续期/", Server("desk.example", 443, "/ca/%E7%BB%AD%E6%9C%9F"), "desk.example"),
        ("https://[::1]:444/a%20b", Server("::1", 444, "/a%20b"), "[::1]:444"),
        ("https://例子.example", Server("xn--fsqu00a.example", 443, ""), "xn--fsqu00a.example"),
    ],
)
def test_an_address_is_taken_apart(url: str, server: Server, authority: str) -> None:
    assert Server.of(url) == server
    assert server.authority == authority


@pytest.mark.parametrize("url", ["", "http://a", "https://", "https://a:b", "https://[", f"https://{'a' * 64}.b"])
def test_nothing_can_be_reached_at_any_other(url: str) -> None:
    with pytest.raises(DeskError) as caught:
        Server.of(url)
    assert caught.value.failure.reason is Reason.SETTINGS_WRONG
