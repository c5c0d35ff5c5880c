from __future__ import annotations

import json
from pathlib import Path

from rich.console import Console

from benchmarks.stage import Databases, Stage, labelled


def stage(data: Path) -> Stage:
    return Stage(True, data, Databases(data), Console(record=True, width=200), data)


def write(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


def test_where_there_are_no_labelled_texts_that_is_said_with_what_to_do(tmp_path: Path) -> None:
    empty = stage(tmp_path / "nowhere")
    assert labelled.files(empty, "label") == []
    said = empty.console.export_text()
    assert "There are no labelled texts in" in said
    assert "--data names the folder" in said


def test_each_file_is_measured_by_what_its_rows_have(tmp_path: Path) -> None:
    notes = write(tmp_path / "notes.jsonl", [{"id": 1, "text": "oil the winch", "label": "a"}])
    twins = write(tmp_path / "twins.jsonl", [{"id": 1, "text": "oil the winch", "similar": []}])
    assert labelled.files(stage(tmp_path), "label") == [notes]
    assert labelled.files(stage(tmp_path), "similar") == [twins]


def test_groups_that_are_the_labels_score_one(tmp_path: Path) -> None:
    subjects = ("winch", "ferry", "orchard")
    rows: list[dict[str, object]] = [
        {"id": number, "text": f"{subjects[number % 3]}: w{number}", "label": str(number % 3)}
        for number in range(60)
    ]
    path = write(tmp_path / "notes.jsonl", rows)
    found = labelled.group(path, semantic=False, most=None)
    assert {name: found[name][0] for name in ("nmi", "ami", "ari", "k", "k5")} == {
        "nmi": 1.0,
        "ami": 1.0,
        "ari": 1.0,
        "k": 3.0,
        "k5": 3.0,
    }
    assert found["topics shown"][0] == 1
    assert found["shown at"][0] == 5


def test_a_text_is_looked_up_among_those_before_it(tmp_path: Path) -> None:
    path = write(
        tmp_path / "twins.jsonl",
        [
            {"id": "a", "text": "oil the winch", "similar": ["c"]},
            {"id": "b", "text": "send the invoice", "similar": []},
            {"id": "c", "text": "the winch wants oil", "similar": ["a"]},
        ],
    )
    found = labelled.look_up(path, semantic=False)
    assert found == {"mrr": (1.0, ""), "hit@5": (1.0, ""), "queries": (1.0, "texts")}
