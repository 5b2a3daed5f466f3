"""Ids of everything that a callback reads or draws. They live beside the layouts, so that a typo fails at the start."""

from __future__ import annotations

from enum import StrEnum


class Shell(StrEnum):
    PROVIDER = "provider"
    LOCATION = "location"
    VERSION = "snapshot-version"
    THEME = "theme"
    SIZE = "screen-size"
    HEALTH = "health"
    TICK = "tick"
    AS_OF = "header-as-of"
    TITLE = "header-title"
    BANNER = "banner"
    PROBLEMS = "problems"
    PAST = "past"
    PAST_BANNER = "past-banner"
    PAST_BODY = "past-body"
    LINEAGE = "lineage"
    LINEAGE_BODY = "lineage-body"
    HELP = "help"
    HELP_BODY = "help-body"
    WAITING = "page-waiting"
    MISSING = "page-missing"
    PAGE_COVERAGE = "page-coverage"
    PAGE_TARGETS = "page-targets"
    PAGE_PEOPLE = "page-people"
    PAGE_SITES = "page-sites"
    PAGE_STOCK = "page-stock"
    PAGE_COLDCHAIN = "page-coldchain"
    PAGE_SCENARIOS = "page-scenarios"
    PAGE_DATA = "page-data"
    PAGE_ALERTS = "page-alerts"


class Coverage(StrEnum):
    METRIC = "coverage-metric"
    GROUP = "coverage-group"
    DENOMINATOR = "coverage-denominator"
    AREA = "coverage-area"
    TILES = "coverage-tiles"
    FLOW = "coverage-flow"
    MAP = "coverage-map"
    MAP_TITLE = "coverage-map-title"
    MAP_NOTE = "coverage-map-note"
    LEGEND = "coverage-legend"
    CARD = "coverage-card"
    SEARCH = "coverage-search"
    TABLE = "coverage-table"
    PROBLEM = "coverage-problem"
    WHERE = "coverage-where"
    TOOLS = "coverage-tools"
    EXTREMES = "coverage-extremes"
    CSV = "coverage-csv"
    PLACE = "coverage-place"
    PLACE_BODY = "coverage-place-body"
    PLOT = "coverage-plot"
    PLOT_BOX = "coverage-plot-box"
    COMPARE = "coverage-compare"
    COMPARE_BODY = "coverage-compare-body"
    CURVES = "coverage-curves"
    CURVES_NOTE = "coverage-curves-note"
    CLOCK = "coverage-clock"
    DAILY = "coverage-daily"
    DAILY_NOTE = "coverage-daily-note"


class First(StrEnum):
    ANSWER = "first-answer"
    BODY = "first-body"


class Targets(StrEnum):
    TICK = "targets-tick"
    PROBLEM = "targets-problem"
    PLACE = "targets-whose"
    CARDS = "targets-cards"
    CHOICES = "targets-choices"
    CURVE = "targets-curve"
    CURVE_NOTE = "targets-curve-note"
    TABLE = "targets-list"


class People(StrEnum):
    TICK = "people-tick"
    PROBLEM = "people-problem"
    PLACE = "people-whose"
    CHOSEN = "people-chosen"
    BODY = "people-body"


class Sites(StrEnum):
    TICK = "sites-tick"
    PROBLEM = "sites-problem"
    PLACE = "sites-whose"
    CHOSEN = "sites-chosen"
    SEARCH = "sites-search"
    BODY = "sites-body"


class Stock(StrEnum):
    TICK = "stock-tick"
    PROBLEM = "stock-problem"
    PLACE = "stock-whose"
    CHOSEN = "stock-chosen"
    NUMBER = "stock-number"
    BODY = "stock-body"


class ColdChain(StrEnum):
    TICK = "coldchain-tick"
    PROBLEM = "coldchain-problem"
    PLACE = "coldchain-whose"
    CHOSEN = "coldchain-chosen"
    BODY = "coldchain-body"


class Scenarios(StrEnum):
    TICK = "scenario-tick"
    PROBLEM = "scenario-problem"
    NOTED = "scenario-noted"
    LEVERS = "scenario-levers"
    RESULT = "scenario-result"
    READINGS = "scenario-readings"
    CURVE = "scenario-curve"
    CURVE_NOTE = "scenario-curve-note"
    SAVED = "scenario-saved"


class Data(StrEnum):
    BODY = "data-body"


class Alerts(StrEnum):
    BODY = "alerts-body"
    FOLD = "alerts-fold"
    MAP = "alerts-map"
    PLACES = "alerts-places"
