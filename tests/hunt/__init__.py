"""Hunts for what is lost or doubled: long histories and real deaths of the real process."""

from __future__ import annotations

import os

LENGTH = float(os.environ.get("OUTLOUD_HUNT", "0.1"))
"""How long to hunt: 1 is what CI does, `make test` is content with a tenth, and 10 looks where nobody has been."""
