"""Of the cold chain: how logger files are read."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from settings.section import Section


class ColdchainSettings(Section):
    """`gap_minutes`: see campaign.coldchain.excursions. `earliest_year`: a device's clock before it was never set."""

    gap_minutes: Annotated[int, Field(ge=1, le=24 * 60)] = 60
    file_max_bytes: Annotated[int, Field(ge=10_000, le=100_000_000)] = 1_000_000
    earliest_year: Annotated[int, Field(ge=1971, le=2100)] = 2015
    drop_dir: str = ""
