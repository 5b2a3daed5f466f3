"""Where sites lie and where people live, as numbers. Resolved from the newest codes of the registry."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl

from warehouse.engine.codes import SEPARATOR, Codes
from warehouse.sqlfiles import sql

CENTRAL = "central"


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteMap:
    """By site number: number of the place (a province, 'central', or 0 for not known) and of the district."""

    place: npt.NDArray[np.uint8]
    district: npt.NDArray[np.uint16]

    def moved(self, other: SiteMap) -> npt.NDArray[np.int64]:
        """Numbers of the sites that both know and that lie elsewhere in `other`."""
        both = min(len(self.place), len(other.place))
        moved = (self.place[:both] != other.place[:both]) | (self.district[:both] != other.district[:both])
        return np.flatnonzero(moved)


def read_sites(connection: duckdb.DuckDBPyConnection, codes: Codes) -> SiteMap:
    """From core.site and core.area as they stand in the transaction under way."""
    sites = pl.DataFrame(connection.sql(sql("engine/sites")).to_arrow_table())
    number = codes.numbers("site", sites["code"])
    size = len(codes.codes("site"))
    place, district = np.zeros(size, dtype=np.uint8), np.zeros(size, dtype=np.uint16)
    place[number] = codes.numbers("place", sites["place_code"])
    district[number] = codes.numbers("district", district_code(sites["province_code"], sites["district_code"]))
    return SiteMap(place=place, district=district)


def district_code(province: pl.Series, district: pl.Series) -> pl.Series:
    """One text for both, so that a person whose district is not known still has a province. '' where neither is."""
    joined = province.fill_null("") + SEPARATOR + district.fill_null("")
    return joined.replace(SEPARATOR, "")


def province_numbers(codes: Codes) -> npt.NDArray[np.uint16]:
    """Number of the residence area, by number of the district."""
    provinces = [code.split(SEPARATOR)[0] for code in codes.codes("district")]
    return np.array([codes.number("area", code) for code in provinces], dtype=np.uint16)
