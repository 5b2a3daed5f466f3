"""The islands that the boundary source leaves out, as symbols large enough to see.

The archipelagos Hoàng Sa (Đà Nẵng) and Trường Sa (Khánh Hòa) belong to every official map. Cồn Cỏ and
Bạch Long Vĩ are districts of their own. A symbol is an octagon on the island's place, far larger than the
island: it says "here", not how big. Places in degrees, to about a kilometre.
"""

import math
from dataclasses import dataclass

from shapely.geometry import Polygon

# 0.09 degrees across: about four pixels on a map of the whole country, and no two symbols touch.
SYMBOL_RADIUS_DEG = 0.045
_CORNERS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Island:
    """One island drawn as a symbol inside the shape of its province."""

    name_vi: str
    province_code: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchipelagoLabel:
    """The words that stand beside an archipelago, and where."""

    code: str
    name_vi: str
    name_en: str
    lon: float
    lat: float


_HOANG_SA = (
    ("Phú Lâm", 112.34, 16.83),
    ("Hoàng Sa", 111.61, 16.53),
    ("Tri Tôn", 111.2, 15.79),
    ("Linh Côn", 112.73, 16.67),
    ("Quang Ảnh", 111.51, 16.45),
    ("Duy Mộng", 111.74, 16.46),
)
_TRUONG_SA = (
    ("Trường Sa Lớn", 111.92, 8.64),
    ("Song Tử Tây", 114.33, 11.43),
    ("Sinh Tồn", 114.33, 9.89),
    ("Nam Yết", 114.37, 10.18),
    ("Sơn Ca", 114.48, 10.38),
    ("Phan Vinh", 113.7, 8.97),
    ("An Bang", 112.92, 7.89),
    ("Ba Bình", 114.37, 10.38),
)
ARCHIPELAGOS = tuple(
    Island(name_vi=name, province_code=code, lon=lon, lat=lat)
    for code, islands in (("48", _HOANG_SA), ("56", _TRUONG_SA))
    for name, lon, lat in islands
)
MISSING_DISTRICTS = (
    Island(name_vi="Bạch Long Vĩ", province_code="31", lon=107.72, lat=20.13),
    Island(name_vi="Cồn Cỏ", province_code="45", lon=107.34, lat=17.16),
)
LABELS = (
    ArchipelagoLabel(
        code="48",
        name_vi="Quần đảo Hoàng Sa (Việt Nam)",
        name_en="Paracel Islands (Hoàng Sa), Đà Nẵng",
        # South of the Lưỡi Liềm group, whose three symbols a label at its middle would hide.
        lon=111.9,
        lat=16.12,
    ),
    ArchipelagoLabel(
        code="56",
        name_vi="Quần đảo Trường Sa (Việt Nam)",
        name_en="Spratly Islands (Trường Sa), Khánh Hòa",
        lon=113.8,
        lat=9.6,
    ),
)


def symbol(island: Island) -> Polygon:
    """The octagon of one island, a flat side up."""
    turns = [math.pi * (2 * corner + 1) / _CORNERS for corner in range(_CORNERS)]
    return Polygon(
        [
            (island.lon + SYMBOL_RADIUS_DEG * math.cos(turn), island.lat + SYMBOL_RADIUS_DEG * math.sin(turn))
            for turn in turns
        ]
    )
