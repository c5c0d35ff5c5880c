from __future__ import annotations

from benchmarks.stage.visitor import read_page

MESSAGE = """
<li class="message" hx-vals='{"message": "7", "channel": "@ana", "thread": "0", "only": ""}'>
<button type="button" hx-post="/press" hx-vals='{"action": "checkins.open"}'>Check in now</button>
<button type="button" class="more">More</button></li>
"""
FORM = """
<form><textarea name="field.answer.plan" rows="3">
Two
lines</textarea>
<select name="field.grain.1"><option value="">–</option><option value="done">Done</option></select>
<select name="field.grain.2"><option value="">–</option><option value="kept" selected>Kept</option></select>
<input type="checkbox" name="field.fits" value="one">
<input type="hidden" name="form" value="checkins.entry:1"><button type="submit">Send</button></form>
"""


def test_a_press_sends_what_the_button_and_its_message_say() -> None:
    assert read_page(MESSAGE).presses == {
        "Check in now": {
            "message": "7",
            "channel": "@ana",
            "thread": "0",
            "only": "",
            "action": "checkins.open",
        }
    }


def test_a_form_sends_what_a_browser_would_when_nothing_is_changed() -> None:
    page = read_page(FORM)
    assert page.sends == {
        "field.answer.plan": "Two\nlines",
        "field.grain.1": "",
        "field.grain.2": "kept",
        "form": "checkins.entry:1",
    }
    assert page.answers == ["field.answer.plan"]
