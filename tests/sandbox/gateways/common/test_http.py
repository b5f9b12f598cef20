"""The stand-ins' HTTP: where a call goes, and how it is read."""

import asyncio

import httpx
import pytest

from tui.sandbox.gateways.common.http import BODY_LIMIT, FORM, JSON, Call, Reply, Service


def asked(method: str, target: str, body: bytes = b"", content_type: str = FORM) -> tuple[httpx.Response, list[Call]]:
    """The answer to one request, and the calls that reached an endpoint."""
    calls: list[Call] = []

    def taken(call: Call) -> Reply:
        calls.append(call)
        return Reply(b"taken", headers={"Serial": "1"})

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(Service({("POST", "/call"): taken, ("GET", "/files/"): taken}))
        async with httpx.AsyncClient(transport=transport, base_url="http://platform") as client:
            return await client.request(method, target, content=body, headers={"Content-Type": content_type})

    return asyncio.run(ask()), calls


def test_query_and_form_are_one() -> None:
    answer, (call,) = asked("POST", "/call?a=%C4%E3&charset=GBK", b"b=&c=2")
    assert (answer.status_code, answer.content, answer.headers["serial"]) == (200, b"taken", "1")
    assert call.fields == {"a": "你", "charset": "GBK", "b": "", "c": "2"}
    assert (call.base, call.query, call.header("Host")) == ("http://platform", "a=%C4%E3&charset=GBK", "platform")


def test_json_is_no_form() -> None:
    _, (call,) = asked("POST", "/call", '{"名": "a=b"}'.encode(), JSON)
    assert (call.fields, call.body.decode()) == ({}, '{"名": "a=b"}')


def test_a_path_with_a_slash_at_its_end_takes_what_is_below() -> None:
    _, (call,) = asked("GET", "/files/1.pdf")
    assert call.path == "/files/1.pdf"


@pytest.mark.parametrize(
    ("method", "target", "body", "status"),
    [
        ("GET", "/call", b"", 404),
        ("POST", "/files", b"", 404),
        ("POST", "/call?a=%ff", b"", 400),
        ("POST", "/call", b"\xff", 400),
        ("POST", "/call", b"a" * (BODY_LIMIT + 1), 413),
    ],
)
def test_what_no_endpoint_sees(method: str, target: str, body: bytes, status: int) -> None:
    answer, calls = asked(method, target, body)
    assert (answer.status_code, calls) == (status, [])
