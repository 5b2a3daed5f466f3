"""Whose figures: the nation, a priority tier of provinces, or one area."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from campaign.coverage import CENTRAL_UNITS, NATION, UNKNOWN_AREA
from campaign.people import TIERS, People, Place

TIER = "tier-"
APART = (UNKNOWN_AREA, CENTRAL_UNITS)


def place_of(people: People, code: str, names: Mapping[str, str]) -> Place:
    """`code`: '' or NATION, "tier-2", or an area's. `names` has all of them. KeyError for one that there is not."""
    if code in ("", NATION):
        return Place(code=NATION, name=names[NATION], codes=frozenset(people.codes))
    if code.startswith(TIER):
        return Place(code=code, name=names[code], codes=tier_codes(people, code))
    if code not in people.codes:
        raise KeyError(code)
    return Place(code=code, name=names[code], codes=frozenset({code}))


def tier_codes(people: People, code: str) -> frozenset[str]:
    """Areas of a tier; "tier-0" are those in none. KeyError for a tier that has no area."""
    number = int(code.removeprefix(TIER)) if code.removeprefix(TIER).isdigit() else -1
    found = frozenset(area for area in people.codes if people.tiers.get(area, 0) == number)
    if not found or number not in (0, *TIERS):
        raise KeyError(code)
    return found


def tiers_there(people: People) -> tuple[str, ...]:
    """Codes of the tiers that have provinces; none of a snapshot that does not know them."""
    return tuple(f"{TIER}{tier}" for tier in TIERS if tier in people.tiers.values())


def listed(
    people: People,
    whole: Place,
    names: Mapping[str, str],
    *,
    seen: Callable[[str], bool],
    central: bool = False,
) -> tuple[Place, ...]:
    """Each area of `whole` that may be `seen`, and `whole` itself last. Units of no province only where doses are
    counted by place (`central`)."""
    areas: Sequence[str] = people.codes if central else people.residences
    own = [code for code in areas if code in whole.codes and seen(code)]
    if whole.code in own:
        return (whole,)
    return (*(place_of(people, code, names) for code in own), whole)
