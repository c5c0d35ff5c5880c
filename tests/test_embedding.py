from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot import embedding


def test_weights_that_are_not_the_ones_we_know_are_not_used(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"other weights")
    with pytest.raises(embedding.SemanticUnavailable, match="is not the file we know"):
        embedding.Model(tmp_path)


def test_texts_that_mean_the_same_are_near_or_the_missing_extra_is_named() -> None:
    if not embedding.is_installed():
        with pytest.raises(embedding.SemanticUnavailable, match=r"docs/patterns\.md says how"):
            embedding.load()
        return
    happy, happier, sunny = embedding.load().embed(
        ["That is a happy person", "That is a very happy person", "Today is a sunny day"]
    )
    # As its makers print it.
    assert float(happy @ happier) == pytest.approx(0.943, abs=1e-3)
    assert float(happy @ sunny) == pytest.approx(0.257, abs=1e-3)
    assert np.linalg.norm(happy) == pytest.approx(1)
