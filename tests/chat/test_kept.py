"""A form that is kept is read back whole."""

import pytest

from bot.chat import Block, Field, Form, Option, Span, Text, When
from bot.chat.kept import read_kept, write_kept

CHOICE = Field(
    "state",
    "How did it go?",
    kind="choice",
    options=(Option("done", "Done"), Option("kept", "Still on it")),
    value="kept",
)
MORE = Field("why", "Why?", when=When("state", ("kept",)), optional=True, hint="In a word")
WORDS = Text((Block((Span("What "), Span("you", bold=True), Span(" planned")), "bullet", 1),))


@pytest.mark.parametrize(
    "form",
    [
        Form("grains.form:1", "A grain", (Field("text", "Text"),)),
        Form("checkins.form:7:2", "Öğlen 🌾", (CHOICE, MORE), WORDS),
    ],
    ids=["plain", "with everything"],
)
def test_a_kept_form_is_read_back_whole(form: Form) -> None:
    assert read_kept(write_kept(form)) == form
