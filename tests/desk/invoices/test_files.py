"""What is fetched of an invoice's files, and what is not, over real TLS."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.harness.gateways.served import served
from tui.desk.invoices.files import FILE_LIMIT, InvoiceFiles, NotFetched
from tui.desk.storage.invoices import FileKind
from tui.sandbox.authorities import make_tls

PDF = b"%PDF-1.4 invoice"
CONTENT = {
    "/a.pdf": PDF,
    "/a.ofd": b"PK\x03\x04...",
    "/a.xml": b"\xef\xbb\xbf<?xml version='1.0'?>",
    "/page": b"<html>log in</html>",
    "/huge": PDF + bytes(FILE_LIMIT),
}
LEADS = {"/short": b"/a.pdf", "/round": b"/round", "/away": b"https://elsewhere.example/a.pdf", "/plain": b"http://x/"}


async def shelf(scope: Any, receive: Any, send: Any) -> None:
    """A file server that also redirects."""
    if scope["type"] == "lifespan":
        for _ in range(2):
            await send({"type": (await receive())["type"] + ".complete"})
        return
    path = scope["path"]
    status = 302 if path in LEADS else 200 if path in CONTENT else 404
    headers = [(b"location", LEADS[path])] if path in LEADS else []
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": CONTENT.get(path, b"")})


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("tls")
    make_tls(folder)
    chain = folder / "both.pem"
    chain.write_bytes((folder / "server.key").read_bytes() + (folder / "server.pem").read_bytes())
    with served(shelf, chain) as url:
        yield f"{url} {folder / 'ca.pem'}"


@pytest.fixture
def files(base: str) -> Iterator[tuple[InvoiceFiles, str]]:
    url, ca_file = base.split()
    fetcher = InvoiceFiles((url.removeprefix("https://"),), 10, Path(ca_file))
    yield fetcher, url
    fetcher.close()


@pytest.mark.parametrize("kind", FileKind)
def test_each_kind_is_fetched(files: tuple[InvoiceFiles, str], kind: FileKind) -> None:
    fetcher, url = files
    assert fetcher.get(f"{url}/a.{kind.value}", kind) == CONTENT[f"/a.{kind.value}"]


def test_a_short_link_is_followed_on_named_hosts(files: tuple[InvoiceFiles, str]) -> None:
    fetcher, url = files
    assert fetcher.get(f"{url}/short", FileKind.PDF) == PDF


@pytest.mark.parametrize(
    ("path", "said", "final"),
    [
        ("/gone", "HTTP 404", False),
        ("/page", "not a pdf file", False),
        ("/huge", "too long", False),
        ("/round", "too many redirects", False),
        ("/away", "host", True),
        ("/plain", "host", True),
    ],
)
def test_what_is_not_fetched(files: tuple[InvoiceFiles, str], path: str, said: str, final: bool) -> None:
    fetcher, url = files
    with pytest.raises(NotFetched, match=said) as failed:
        fetcher.get(url + path, FileKind.PDF)
    assert failed.value.final is final


OTHERS = "http://{host}/a.pdf https://elsewhere.example/a.pdf https://u:p@{host}/a.pdf file:///etc/passwd https://["


@pytest.mark.parametrize("link", [*OTHERS.split(), ""])
def test_other_places_are_not_asked(files: tuple[InvoiceFiles, str], link: str) -> None:
    fetcher, url = files
    with pytest.raises(NotFetched) as failed:
        fetcher.get(link.format(host=url.removeprefix("https://")), FileKind.PDF)
    assert failed.value.final
    assert "passwd" not in failed.value.text
