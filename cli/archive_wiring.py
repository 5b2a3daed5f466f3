"""Wire what is said about the archive of reports together: the mail that brings one, the alerts that tell of one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from campaign.alerts import Condition
from cli.report_schedules import schedules_of, zone_of
from etl.coldchain_intake import present_of
from geo.areas import load_provinces
from layouts import format as fmt
from layouts.report_words import mail_said
from layouts.words import Language, load_catalogues
from operations.action_log import connect
from operations.channels import Attachment, Undelivered
from operations.report_archive_conditions import newest_reports, of_missing, of_reports_kept
from operations.report_mailing import Letter
from operations.report_rows import Archived
from reports import archive
from settings import Settings

MEGABYTE = 1_000_000


def letter_writer(settings: Settings) -> Callable[[Archived], Letter]:
    """Reads the names of places once. The letter is made of the archive alone: the same again at each try."""
    catalogues, zone = load_catalogues(), zone_of(settings)
    provinces = {item.code: item for item in load_provinces(settings.reference_dir)}
    base = settings.notices.public_url.rstrip("/") or f"http://{settings.web.host}:{settings.web.port}"
    own = settings.archive

    def write(report: Archived) -> Letter:
        """Raises Undelivered: a file that is not what it was must reach nobody."""
        words = catalogues[Language(report.language)]
        province = provinces.get(report.area)
        place = words.pick(province.name_vi, province.name_en) if province else words("table.nation")
        try:
            manifest = archive.manifest_of(settings.report_dir, report.folder, report.manifest_hash)
            found = [item for form in own.attach if (item := manifest.of_form(form)) is not None]
            fits = sum(item.size for item in found) <= own.most_attached_mb * MEGABYTE
            attachments = tuple(
                Attachment(
                    name=item.name,
                    kind=archive.MEDIA[item.kind].partition(";")[0],
                    body=archive.body_of(settings.report_dir, report.folder, item),
                )
                for item in (found if fits else ())
            )
        except archive.Damaged as error:
            raise Undelivered(f"the archive is damaged: {error}", final=True) from error
        at = report.as_of or report.asked_at
        subject, body = mail_said(
            place=place,
            day=report.day or at.astimezone(zone).date(),
            made_at=fmt.instant(at, words, zone),
            snapshot=report.snapshot or 0,
            failed=report.failed_checks(report.language),
            released_by=report.decided_by,
            reason=report.decided_why,
            left_out=not attachments,
            link=f"{base}/bao-cao/{report.report_id}",
            words=words,
        )
        return Letter(subject=subject, body=body, attachments=attachments)

    return write


def archive_conditions(settings: Settings, url: str) -> list[Condition]:
    """Of reports that did not go out by themselves. Raises psycopg.Error."""
    schedules = schedules_of(settings)
    if not schedules:
        return []
    areas = {item.code: (item.name_vi, item.name_en) for item in load_provinces(settings.reference_dir)}
    found = newest_reports(url)
    with connect(url) as connection:
        now = present_of(connection)
    return [
        *of_reports_kept(found, areas=areas, schedules=[item.name for item in schedules]),
        *of_missing(
            found,
            schedules,
            campaign_now=now,
            zone=zone_of(settings),
            after=timedelta(minutes=settings.archive.missing_minutes),
        ),
    ]
