from __future__ import annotations

import pytest

from tests.digests.parts import Team
from tests.house import House


@pytest.fixture
async def team(house: House) -> Team:
    return await Team.of(house)
