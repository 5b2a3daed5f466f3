"""Facts that a rule's expression may name, by rule (campaign/expressions.py). Doses and people are full size.

Of an area and product: doses_on_hand and doses_on_the_way are usable ones, daily_use is of the days with stock,
people_due are due their next dose. Of a device: minutes by the readings' own clock, degrees Celsius; is_alarm and
is_silent are 1 where the device's own limits or its way of reporting say so, else 0. A fact is a number, and known
whenever its rule is judged. Rules that know no number (a feed that failed, figures that disagree) have no condition.
"""

from __future__ import annotations

from collections.abc import Mapping

PLACE = ("doses_on_hand", "doses_on_the_way", "daily_use", "people_due")
OUT = ("minutes_out", "degrees_beyond", "extreme_c", "limit_c", "is_alarm")
LEFT_OVER = ("doses_that_will_expire", "days_to_expiry")

FACTS: Mapping[str, tuple[str, ...]] = {
    "stock_expiring": (*LEFT_OVER, *PLACE),
    "stock_expired": ("doses_expired", *PLACE),
    "stock_will_expire": (*LEFT_OVER, *PLACE),
    "stock_low": ("days_of_stock", *PLACE),
    "stock_out": ("doses_on_the_way", "daily_use", "people_due"),
    "stock_negative": ("levels_below_zero", "doses_below_zero", *PLACE),
    "stock_unreceived": ("deliveries", "doses_missing", *PLACE),
    "stock_short": ("deliveries", "doses_missing", *PLACE),
    "stock_uncounted": ("stores_uncounted",),
    "stock_stopped": ("doses_left",),
    "allocation_unreceived": ("doses_missing", "deliveries"),
    "allocation_short": ("doses_missing", "deliveries"),
    "allocation_over": ("doses_over", "deliveries"),
    "allocation_exceeded": ("doses_beyond",),
    "stock_wasted": ("stores_beyond", "doses_wasted"),
    "stock_waste_unsaid": ("doses_without_reason",),
    "stock_supply_short": ("doses_not_givable", "doses_usable", "items_short"),
    "stock_vial_discard": ("doses_past_discard", *PLACE),
    "stock_over_capacity": ("percent_filled", "litres_filled", "litres_usable", "litres_missing"),
    "lot_events": ("serious_events",),
    "coldchain_high": OUT,
    "coldchain_low": OUT,
    "coldchain_power": ("minutes_lasting", "is_alarm"),
    "coldchain_probe": ("minutes_lasting", "is_alarm"),
    "coldchain_door": ("minutes_lasting", "is_alarm"),
    "coldchain_battery": ("minutes_lasting", "is_alarm"),
    "coldchain_silent": ("minutes_silent", "is_silent"),
    "readings_silent": ("devices_silent", "devices_live"),
    "coldchain_repair_late": ("days_open",),
    "coldchain_unrepaired": ("hours_broken",),
    "feed_silent": ("seconds_silent",),
    "province_unreported": ("days_silent", "provinces_silent", "provinces_expected"),
    "tickets_overdue": ("tickets_overdue", "tickets_open", "oldest_hours"),
}
