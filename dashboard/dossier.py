"""What else is known of one site: its stock, its fridges, adverse events."""

from __future__ import annotations

from campaign.access import Scope
from campaign.event_rate import event_rate
from campaign.people_tables import Row
from campaign.places import SiteRecord
from campaign.stock_tables import mark_facts
from dashboard.stock import names_of
from dashboard.stock_one import devices_in, lots_in_store
from dashboard.trust import area_names
from dashboard.views import Studio, stock_now
from geo.areas import Site
from layouts.site_dossier import Dossier
from layouts.view import View
from warehouse import reads_marks, reads_stores


def dossier_of(studio: Studio, version: int, view: View, scope: Scope, site: Site, record: SiteRecord) -> Dossier:
    """The scope was checked with the site's province; a store of a site is of its province."""
    snapshots, now = studio.readings.snapshots, stock_now(studio, version)
    stores = reads_stores.store_codes(snapshots, version, site=site.code)
    words = studio.catalogues[view.language]
    names = names_of(studio, area_names(studio.readings, version, view, words), words)
    since = record.kept_from
    events = reads_stores.site_events(snapshots, version, site=site.code, since=since) if since else None
    doses = sum(item.doses for item in record.days)
    count = sum(item.serious + item.others for item in events or ())
    marks: dict[str, list[Row]] = {}
    for code in stores or ():
        for mark in reads_marks.marks(snapshots, version, store=code):
            marks.setdefault(mark.lot, []).append(mark_facts(mark))
    return Dossier(
        now=now.stock.now,
        zone=studio.zone,
        stores=stores,
        lots=[row for code in stores or () for row in lots_in_store(studio, version, code, scope, names, now)],
        devices=[row for code in stores or () for row in devices_in(studio, version, view, code)],
        excursions=studio.readings.excursions(version, limits=studio.limits),
        marks=marks,
        events=events,
        rate=event_rate(count, doses) if doses > 0 else None,
        since=since,
        low_days=studio.causes.supply_days,
        one_in=studio.readings.info(version).one_in,
        products=names.product,
    )
