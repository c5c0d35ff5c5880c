"""Charts are pictures of plain data: readable, the same every time, and told in words as well."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import Literal

import pytest
from matplotlib.image import imread

from bot.insight.canvas import SHADES, Chart, Look, shortened
from bot.insight.charts import Dune, End, Flow, Week, dunes, flow, narration
from bot.insight.constellation import Bond, Star, constellation

HARBOUR, ORCHARD = End("#team-harbour", "team"), End("#team-orchard", "team")
RELIABILITY, COMMONS = End("#cop-reliability", "community"), End("#commons", "network")
WEEKS = tuple(Week(f"W{n}", (n * 7) % 23) for n in range(30, 48))
DUNES = (
    Dune("crane, rota, tide", (0, 1, 0, 2, 3, 5), "rising"),
    Dune("invoice, late", (6, 5, 4, 3, 1, 1), "fading"),
)
FLOWS = (
    Flow(HARBOUR, RELIABILITY, 7),
    Flow(ORCHARD, RELIABILITY, 3),
    Flow(RELIABILITY, COMMONS, 4),
)
BONDS = (
    Bond(Star("#team-harbour", "team"), Star("#cop-reliability", "community"), 7, 3),
    Bond(Star("#cop-reliability", "community"), Star("#commons", "network"), 0, 1),
)

DRAWN: dict[str, Callable[[Look], Chart]] = {
    "narration": lambda look: narration(WEEKS, "#team-harbour", look),
    "dunes": lambda look: dunes(DUNES, "#cop-reliability", look),
    "flow": lambda look: flow(FLOWS, look),
    "constellation": lambda look: constellation(BONDS, (Star("#cop-care", "community"),), look),
}


@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize("shade", ["light", "dark"])
def test_every_chart_comes_as_a_png_as_wide_as_a_chat_and_on_its_own_paper(
    name: str, shade: Literal["light", "dark"]
) -> None:
    image = DRAWN[name](Look(shade)).image
    pixels = imread(BytesIO(image))
    assert pixels.shape[1] == 1080
    corner = "#" + "".join(f"{round(float(part) * 255):02x}" for part in pixels[2, 2, :3])
    assert corner == SHADES[shade].paper
    assert len(image) < 150_000


@pytest.mark.parametrize("name", DRAWN)
def test_every_chart_comes_as_an_svg_with_its_words_as_words(name: str) -> None:
    svg = DRAWN[name](Look("light", "svg")).image.decode()
    words = " ".join(re.findall(r"<text[^>]*>(.*?)</text>", svg, re.DOTALL))
    assert {"narration": "harbour", "dunes": "crane", "flow": "commons", "constellation": "care"}[
        name
    ] in words
    assert (
        "http"
        not in re.sub(r'xmlns[:\w]*="[^"]*"|"-//W3C[^>]*>|rdf:[^>]*>', "", svg).split(
            "</metadata>"
        )[-1]
    )


@pytest.mark.parametrize("name", DRAWN)
def test_the_same_data_is_the_same_picture_and_is_drawn_once(name: str) -> None:
    first = DRAWN[name](Look("dark"))
    assert DRAWN[name](Look("dark")) is first


@pytest.mark.parametrize("name", DRAWN)
def test_on_a_phone_the_letters_of_a_narrow_chart_are_large_enough(name: str) -> None:
    """On a page 360 pixels wide with its edges, none is smaller than 12 pixels."""
    svg = DRAWN[name](Look("light", "svg", narrow=True, titled=False)).image.decode()
    size = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    assert size is not None
    letters = [float(one) for one in re.findall(r"font-size: ([\d.]+)px", svg)]
    assert min(letters) * 328 / float(size[1]) >= 12


def test_a_chart_is_titled_unless_its_page_says_what_it_shows() -> None:
    for titled in (True, False):
        svg = narration(WEEKS, "#x", Look("light", "svg", titled=titled)).image.decode()
        assert ("Entries per week" in svg) == titled


def test_the_alt_text_tells_what_the_picture_shows() -> None:
    assert narration(WEEKS[-2:], "#x").alt == ("Bar chart of entries per week in #x: W46 0, W47 7.")
    assert dunes(DUNES, "#x").alt == (
        "Patterns in #x over time: crane, rota, tide, rising, 11 in 6 weeks; "
        "invoice, late, fading, 20 in 6 weeks."
    )
    assert "7 from #team-harbour to #cop-reliability" in flow(FLOWS).alt
    assert constellation(BONDS, (Star("#cop-care", "community"),)).alt == (
        "Map of communities: #team-harbour and #cop-reliability share 7 lessons and 3 people; "
        "#cop-reliability and #commons share 1 person; #cop-care stands alone."
    )


def test_nothing_yet_is_a_picture_too() -> None:
    assert flow(()).alt == "How lessons travelled between rings: none yet."
    assert constellation(()).alt == "Map of communities: nothing joins them yet."
    assert dunes((), "#x").image
    assert narration((), "#x").image


def test_one_week_and_no_entries_are_drawn() -> None:
    assert narration((Week("W1", 0),), "#x").image
    assert dunes((Dune("new", (3,)),), "#x").image


def test_crowded_rings_flow_together_and_lose_nothing() -> None:
    many = tuple(Flow(End(f"#t{n}", "team"), RELIABILITY, 1 + n % 3) for n in range(60))
    svg = flow(many, Look("light", "svg")).image.decode()
    assert "53 more" in svg
    assert f"#cop-reliability {sum(one.lessons for one in many)}" in svg
    assert "#t59" in flow(many).alt


@pytest.mark.parametrize("name", ["$x$ & <b>", "日本語", "🏖", "a" * 5_000, "\u200b", "_^{}\\"])
def test_strange_names_are_only_names(name: str) -> None:
    """A dollar begins no formula, a sign without a letter is a dot, and a long name is cut with an ellipsis."""
    for look in (Look(), Look("dark", "svg")):
        assert narration(WEEKS, name, look).image
        assert dunes((Dune(name, (1, 2)),), name, look).image
        assert flow((Flow(End(name, "team"), RELIABILITY, 1),), look).image
        star = Star(name, "community")
        assert constellation((Bond(star, Star("#x", "network"), 1),), (), look).image


def test_a_shortened_label_says_that_something_is_missing() -> None:
    assert shortened("harbour", 7) == "harbour"
    assert shortened("harbour crane", 9) == "harbour…"


def test_the_colours_stand_out_from_their_paper() -> None:
    """At least 3 to 1, as WCAG 2.2 asks of graphics (1.4.11), and 4.5 to 1 for words (1.4.3)."""
    for shade in SHADES.values():
        for colour in (*shade.colours, shade.sand):
            assert _contrast(colour, shade.paper) >= 3
        for colour in (shade.ink, shade.soft):
            assert _contrast(colour, shade.paper) >= 4.5


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
