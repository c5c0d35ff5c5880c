"""What guards every answer of the one HTTP application."""

from __future__ import annotations

import httpx
import pytest
from starlette.applications import Starlette

from adapters.web import site
from tests.web.local import HOST, Local


def application(*reasons: str) -> Starlette:
    async def ready() -> tuple[str, ...]:
        return reasons

    return site(
        [], ready=ready, metrics=lambda: b"outloud_up 1\n", hosts=("localhost", "chat.test")
    )


def client(app: Starlette, host: str = "localhost") -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=f"http://{host}")


async def test_a_living_process_says_so_to_any_prober() -> None:
    async with client(application("Nothing works."), host="10.0.0.7") as prober:
        assert (await prober.get("/healthz")).status_code == 200


async def test_ready_is_200_and_not_ready_is_503_with_the_reasons() -> None:
    async with client(application()) as prober:
        answer = await prober.get("/readyz")
        assert (answer.status_code, answer.json()) == (200, {"ready": True, "reasons": []})
    async with client(application("The database is locked.")) as prober:
        answer = await prober.get("/readyz")
        assert answer.status_code == 503
        assert answer.json() == {"ready": False, "reasons": ["The database is locked."]}


async def test_metrics_are_given_as_they_are() -> None:
    async with client(application()) as prober:
        answer = await prober.get("/metrics")
        assert answer.content == b"outloud_up 1\n"
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")


@pytest.mark.parametrize(
    "host", ["evil.test", "localhost.evil.test", "127.0.0.1.evil.test", "[::", ""]
)
async def test_a_request_for_another_host_is_refused_in_a_sentence(host: str) -> None:
    async with client(application()) as browser:
        answer = await browser.get("/metrics", headers={"Host": host})
        assert answer.status_code == 403
        assert answer.text == (
            f"Outloud does not answer for the host {host!r}, only for chat.test, localhost.\n"
        )


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8040", "chat.test", "chat.test:443"])
async def test_a_known_host_is_answered_on_any_port(host: str) -> None:
    async with client(application()) as browser:
        assert (await browser.get("/metrics", headers={"Host": host})).status_code == 200


@pytest.mark.parametrize(
    "origin", ["http://evil.test", "null", f"http://{HOST}0", "http://localhost:8040", "file://"]
)
async def test_another_page_can_send_nothing(local: Local, origin: str) -> None:
    ana = local.visitor("ana")
    fields = {"as": "ana", "text": "hello", "channel": "team-harbour"}
    answer = await ana.client.post("/say", data=fields, headers={"Origin": origin})
    assert answer.status_code == 403
    assert "only from its own" in answer.text
    assert await ana.messages("team-harbour") == []


async def test_every_answer_carries_the_strict_policy(local: Local) -> None:
    ana = local.visitor("ana")
    page = await ana.get("/")
    script = next(node for node in (await ana.page()).all("script"))
    for answer in (
        page,
        await ana.get(script.attributes["src"]),
        await ana.get("/c/nowhere"),
        await ana.get("/no/such/page"),
        await ana.post("/say", text="hello"),
        await ana.client.get("/", headers={"Host": "evil.test"}),
    ):
        assert answer.headers["content-security-policy"] == (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
            "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
            "frame-ancestors 'none'"
        )
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"


async def test_pages_hold_nothing_inline_and_nothing_from_elsewhere(local: Local) -> None:
    page = await local.visitor("ana").page()
    for node in page.all():
        assert not any(name.startswith("on") or name == "style" for name in node.attributes)
        assert node.tag != "style"
        if node.tag == "script":
            assert node.children == []
        for name in ("src", "href", "action"):
            assert node.attributes.get(name, "/").startswith(("/", "#"))


async def test_pages_are_not_cached_and_their_own_files_are_kept_for_good(local: Local) -> None:
    ana = local.visitor("ana")
    assert (await ana.get("/")).headers["cache-control"] == "no-store"
    for node in (await ana.page()).all("script"):
        kept = (await ana.get(node.attributes["src"])).headers["cache-control"]
        assert kept == "public, max-age=31536000, immutable"


async def test_the_page_is_light(local: Local) -> None:
    """Less than 60 kB of our own travel before somebody can write, beside htmx."""
    ana = local.visitor("ana")
    own = len((await ana.get("/")).content)
    static = (await ana.page()).one("link", rel="stylesheet").attributes["href"].rpartition("/")[0]
    for name in ("chat.css", "icon.svg", *SCRIPTS):
        own += len((await ana.get(f"{static}/{name}")).content)
    assert own < 60_000


SCRIPTS = [
    f"{name}.js" for name in ("chat", "compose", "forms", "lists", "live", "menu", "page", "thread")
]
