"""What the guard stops, measured on labelled samples: credentials, and ordinary work notes."""

from __future__ import annotations

import random
import re
from collections import Counter

import pytest

from bot.chat import Text
from bot.insight.guard import mask, read
from bot.insight.secrets import credentials as found_in
from bot.insight.secrets_known import KINDS
from tests.insight import guarding
from tests.insight.guard_minting import mint
from tests.insight.guard_notes import SAMPLES, lines, notes
from tests.insight.guarding import KNOWN, covering

EACH = 36


@pytest.fixture(scope="module")
def told() -> Counter[tuple[str, bool]]:
    labelled = guarding.credentials(EACH, seed=6)
    return Counter((one.kind, covering(one) is not None) for one in labelled)


def test_at_least_98_of_100_credentials_are_stopped(told: Counter[tuple[str, bool]]) -> None:
    stopped = sum(count for (_, is_stopped), count in told.items() if is_stopped)
    assert stopped / told.total() >= 0.98


@pytest.mark.parametrize("kind", [line["kind"] for line in lines("credentials")])
def test_at_least_95_of_100_credentials_of_each_kind_are_stopped(
    kind: str, told: Counter[tuple[str, bool]]
) -> None:
    assert told[kind, True] + told[kind, False] >= 25
    assert told[kind, True] / EACH >= 0.95


def test_more_than_forty_kinds_of_credentials_are_sampled_each_with_its_vendors_page() -> None:
    samples = lines("credentials")
    assert len({line["kind"] for line in samples}) == len(samples) >= 45
    assert all(line["says"].startswith("https://") for line in samples)


def test_at_most_2_of_1000_ordinary_notes_are_stopped_and_under_30_questioned() -> None:
    ordinary = list(notes(3_300, seed=6))
    findings = [read(Text.parse(note), KNOWN) for note in ordinary]
    stopped = [note for note, found in zip(ordinary, findings, strict=True) if _blocks(found)]
    asked = [note for note, found in zip(ordinary, findings, strict=True) if found]
    assert len(stopped) <= 6, stopped[:9]
    assert len(asked) < 99, asked[:9]


def _blocks(found: tuple[guarding.Finding, ...]) -> bool:
    return any(finding.blocks for finding in found)


def test_the_guard_stops_more_than_the_second_opinion_and_fewer_ordinary_notes() -> None:
    labelled = list(guarding.credentials(4, seed=8))
    ours = sum(covering(one) is not None for one in labelled)
    assert ours > sum(guarding.second_opinion(one.text) for one in labelled)
    ordinary = [Text.parse(note) for note in notes(150, seed=8)]
    stopped = sum(_blocks(read(text, KNOWN)) for text in ordinary)
    assert stopped <= sum(guarding.second_opinion(text) for text in ordinary)


def test_no_file_of_samples_holds_a_key_itself() -> None:
    formal = {kind.name for kind in KINDS}
    for file in SAMPLES.glob("*.jsonl"):
        found = [one for one in found_in(file.read_text(encoding="utf-8")) if one.kind in formal]
        assert not found, file.name


def test_a_minted_key_is_the_same_for_the_same_seed() -> None:
    made = [mint("ghp_{github} {jwt} {pem} {password}", random.Random(3)).written for _ in "ab"]
    assert made[0] == made[1]


@pytest.mark.parametrize(
    "note",
    [
        "Reset the password twice today.",
        "password: see the vault",
        "Passwort: liegt im Tresor",
        "`secret = os.environ['API_SECRET']`",
        "Authorization: Bearer <token>",
        "postgres://user:password@localhost/shop",
        "commit 3f2a9c1d4b5e6f708192a3b4c5d6e7f809182736 went out",
        "trace 0b9a4c9e-6f6c-4d0e-9f1e-2d7f6a3b1c5d is slow",
        "shop@sha256:" + "0123456789abcdef" * 4,
        "AKIAIOSFODNN7EXAMPLE is the one in the manual",
        "パスワードの変更は金曜日までにお願いします。",
        "Datenschutzgrundverordnungsdokumentation",
        "the token expires after 15 minutes",
        "sk-learn-pipeline-for-the-second-quarter",
        "password=${DB_PASSWORD} and token: getToken(user)",
        "primary_key=order_14824_id\nUpgraded it",
        "password: shop-db-2",
        "pwd: OPS-4711",
        "Passwort: v2.1-rc.1",
        "token: sentence-piece-v24",
        "session_key: ECDHE-RSA-AES256-GCM-SHA384",
        "page cursor " + ".".join(["eyJwYWdlIjoibmV4dCIsIm4iOjF9", "a1b2" * 6, "c3d4" * 6]),
        "NotebookOfTheHarbourTeam.backup.2026-plans-of-the-north-wing",
        "the API key page: https://example.org/settings/api-keys/2026",
    ],
)
def test_words_about_secrets_are_no_secrets(note: str) -> None:
    assert [finding for finding in read(Text.parse(note), KNOWN) if finding.blocks] == []


def test_forty_signs_are_an_aws_secret_only_near_a_word_that_says_so() -> None:
    made = mint("{b64:40}", random.Random(4)).written
    assert read(Text.of(f"The drawing has the mark {made} on it"), KNOWN) == ()
    (finding,) = read(Text.of(f"For S3 we need {made} too"), KNOWN)
    assert (finding.kind, finding.words) == ("aws-secret", made)


def test_no_part_of_what_blocks_is_left_when_it_is_replaced() -> None:
    made = mint("ghp_{github}", random.Random(9)).value
    text = Text.of(f"password: {made}!Extra9")
    (finding,) = read(text, KNOWN)
    assert finding.kind == "github"
    assert mask(text, [finding]).plain() == "password: [taken out]"


def test_a_lonely_word_behind_password_is_asked_about_and_not_stopped() -> None:
    (finding,) = read(Text.of("password: sunshine"), KNOWN)
    assert (finding.words, finding.blocks) == ("sunshine", False)


def test_what_blocks_says_what_it_looks_like_and_what_to_do() -> None:
    made = mint("ghp_{github}", random.Random(1))
    (finding,) = read(Text.of(f"use {made.written} now"), KNOWN)
    assert finding.blocks
    assert finding.sentence == (
        "This looks like a GitHub token. It cannot be shared: take it out, "
        "and if it is a real one, have it replaced."
    )
    assert finding.instead == "[taken out]"
    assert made.value not in repr(finding) + finding.sentence + finding.fingerprint


def test_every_kind_is_found_by_a_word_that_its_pattern_needs() -> None:
    """An anchor that the pattern does not need would let keys of that kind pass unread."""
    for line in lines("credentials"):
        dice = random.Random(5)
        for template in line["made"]:
            made = mint(template, dice).written
            for kind in KINDS:
                if kind.pattern.search(made):
                    assert any(anchor in made for anchor in kind.anchors), (kind.name, template)


def test_each_credential_kind_has_a_label_that_reads_after_this_looks_like() -> None:
    assert all(re.match(r"(?:an?|the) \S", kind.label) for kind in KINDS)
