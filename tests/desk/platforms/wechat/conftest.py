"""A WeChat Pay merchant, the platform it calls, and the wire between them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

import msgspec
import pytest

from tests.harness.desk.doubles import Clock
from tests.harness.desk.kit import Wire
from tui.desk.outbound import Answer
from tui.desk.platforms.wechat.gateway import Wechat
from tui.sandbox.gateways.wechat.gateway import WechatSandbox
from tui.sandbox.gateways.wechat.keys import make_keys, wechat_settings
from tui.sandbox.gateways.wechat.speaker import WechatSpeaker


@dataclass
class Scripted(Wire):
    """Answers as a test has written it, signed now; without a script the stand-in does."""

    speaker: WechatSpeaker | None = None
    script: list[tuple[int, object]] = field(default_factory=list)
    headers: Mapping[str, str] | None = None
    """In the place of a proof."""

    def call(self, method: str, url: str, headers: Mapping[str, str], content: bytes, limit: int) -> Answer:
        """The next answer."""
        if not self.script:
            return super().call(method, url, headers, content, limit)
        status, told = self.script.pop(0)
        body = told if isinstance(told, bytes) else msgspec.json.encode(told)
        assert self.speaker is not None
        return Answer(status, self.speaker.proof(body) if self.headers is None else self.headers, body)


@dataclass
class Shop:
    """Both sides."""

    gateway: Wechat
    wire: Scripted
    platform: WechatSandbox
    clock: Clock
    directory: Path

    def says(self, told: object, status: int = HTTPStatus.OK, headers: Mapping[str, str] | None = None) -> None:
        """The next answer; with `headers` it is not signed."""
        self.wire.script.append((status, told))
        self.wire.headers = headers


@pytest.fixture(scope="session")
def wechat_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once."""
    directory = tmp_path_factory.mktemp("wechat")
    make_keys(directory)
    return directory


@pytest.fixture(params=[False, True], ids=["public key", "platform certificate"])
def shop(request: pytest.FixtureRequest, wechat_keys: Path, tmp_path: Path) -> Shop:
    """A merchant who believes the public key, and one who still has platform certificates."""
    return open_shop(wechat_keys, tmp_path, certificates=request.param)


def open_shop(keys: Path, folder: Path, *, certificates: bool = False) -> Shop:
    """Nothing was sold yet."""
    directory = folder / "wechat"
    directory.mkdir()
    for file in keys.iterdir():
        (directory / file.name).symlink_to(file)
    clock = Clock()
    clock.now = clock.now.replace(year=2027)  # within the certificate's time
    platform = WechatSandbox(directory, clock=clock, by_hand=True)
    wire = Scripted(platform, speaker=WechatSpeaker(directory, clock))
    settings = wechat_settings(directory, "https://api.example", certificates=certificates)
    return Shop(Wechat(settings, clock, wire), wire, platform, clock, directory)
