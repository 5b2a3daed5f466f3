"""Reports that are made by themselves, held by a check, released, and sent: a real registry, snapshot and mail server,
and processes that are killed outright."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import psycopg
import pypdfium2
import pytest

from campaign.access import Role
from campaign.report_archive import MailState, ReportState, Schedule
from cli.archive_keeping import keep_archive
from cli.archive_wiring import letter_writer
from cli.notice_wiring import channels, send_rules
from cli.places import as_role
from cli.report_making import maker_of
from cli.report_schedules import make_rules
from operations.action_log import ActRefused, NotAllowed, connect
from operations.alerts import list_alerts
from operations.channels import Email
from operations.decisions import Actor
from operations.report_acts import AskedReport, ask_report, make_again, release_report, withdraw_report
from operations.report_lists import add_recipient, end_recipient
from operations.report_mailing import retry_mail, send_next_report
from operations.report_making import make_next
from operations.report_planning import plan_due
from operations.report_rows import Archived, Search, find, mails_of, one_report
from reports import archive
from settings import Settings
from tests.support.people import add_account, grant
from tests.support.smtpd import Post, post_office
from tests.support.snapshots import Recipe, write_snapshot
from tests.support.webserver import settings_for
from warehouse.snapshot import Snapshots

ROOT = Path(__file__).resolve().parents[2]
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
DUE = datetime(2021, 11, 22, 18, 31, tzinfo=ZONE)
LATE = timedelta(hours=12)
VERSION = 7
# Sections whose source every snapshot of the tests has.
PARTS = ("headline", "provinces")
DISK_KB = 900


def daily(**changes: Any) -> Schedule:
    told: dict[str, Any] = {
        "name": "daily", "at": clock_time(18, 30), "weekdays": frozenset(range(1, 8)), "areas": ("",),
        "languages": ("vi",), "parts": PARTS, "forms": ("pdf", "xlsx"), "roles": ("reporter", "approver"),
        "needs_lock": True,
    }  # fmt: skip
    return Schedule(**{**told, **changes})


class Centre:
    """A registry, a state folder with one sound snapshot, a mail server, and what the process of reports does."""

    def __init__(self, url: str, state: Path, post: Post) -> None:
        self.owner, self.url, self.post = url, as_role(url, "mcc_app"), post
        self.settings: Settings = settings_for(
            state, registry=url, notices__smtp_host="127.0.0.1", notices__smtp_port=post.port, notices__smtp_tls="none",
            notices__sender="mcc@example.vn", notices__timeout_seconds=0.4, notices__pause_seconds=0.01,
            notices__longest_pause_seconds=0.02, notices__attempts=4, archive__pause_seconds=0.01,
            archive__longest_pause_seconds=0.02,
        )  # fmt: skip
        self.publish()

    def publish(self, version: int = VERSION, *, sql: str = "", age: timedelta = timedelta(0)) -> None:
        """A snapshot in which every feed is well, every sum agrees and the last closed day is locked; then `sql`."""
        at = datetime.now(UTC) - age
        path = write_snapshot(self.settings.snapshot_dir, Recipe(version=version, published_at=at))
        with duckdb.connect(str(path)) as database:
            database.execute("UPDATE feed_status SET state = 'ok', lag_seconds = 20 WHERE state <> 'waiting'")
            database.execute("UPDATE invariant SET right_side = left_side, holds = true")
            database.execute(sql or "SELECT 1")

    def plan(self, *schedules: Schedule, now: datetime = DUE) -> int:
        return plan_due(
            self.url, schedules or (daily(),), version=VERSION, campaign_now=now, zone=ZONE, late=LATE, wall=wall()
        )

    def make(self) -> list[str]:
        """Everything that is due, with a process's own eyes, until nothing is; no pause is longer than its own."""
        snapshots = Snapshots(self.settings.snapshot_dir)
        try:
            maker, made = maker_of(self.settings, snapshots), list[str]()
            while done := make_next(self.url, maker.make, rules=make_rules(self.settings), wall=wall):
                made.append(done)
                time.sleep(0.02)
            return made
        finally:
            snapshots.close()

    def send(self, tries: int = 12) -> list[str]:
        server = next(item for item in channels(self.settings.notices) if isinstance(item, Email))
        write, rules, made = letter_writer(self.settings), send_rules(self.settings.notices), list[str]()
        for _ in range(tries):
            done = send_next_report(self.url, server, write=write, rules=rules, wall=wall)
            if done is None:
                break
            made.append(done)
            time.sleep(0.03)
        return made

    def reads(self, address: str, *, role: str = "reporter", area: str = "", language: str = "vi") -> int:
        return add_recipient(
            self.url, role=role, area=area, language=language, address=address, areas=["01", "79"], by=shell()
        )

    @property
    def report(self) -> Archived:
        """The newest."""
        with connect(self.url) as connection:
            return find(connection, Search(), zone="Asia/Ho_Chi_Minh")[0]

    def mails(self) -> list[tuple[str, str]]:
        with connect(self.url) as connection:
            return [(item.address, item.state.value) for item in mails_of(connection, self.report.report_id)]

    def first_page(self, report: Archived) -> str:
        kept = archive.manifest_of(self.settings.report_dir, report.folder, report.manifest_hash)
        pdf = kept.of_form("pdf")
        assert pdf is not None
        document = pypdfium2.PdfDocument(archive.body_of(self.settings.report_dir, report.folder, pdf))
        text: str = document[0].get_textpage().get_text_range()
        document.close()
        return " ".join(text.split())

    def alerts(self) -> dict[str, str]:
        """Those of reports that fire after a look of `app.py watch`: their Vietnamese sentences by rule."""
        self.run("watch", "--once")
        return {
            row.rule: row.summary_vi
            for row in list_alerts(self.url)
            if row.state == "firing" and row.rule.startswith("report_")
        }

    def environ(self) -> dict[str, str]:
        own = self.settings.notices
        return {
            **os.environ, "MCC_REGISTRY__URL": self.owner, "MCC_NOTICES__SMTP_HOST": "127.0.0.1",
            "MCC_NOTICES__SMTP_PORT": str(own.smtp_port), "MCC_NOTICES__SMTP_TLS": "none",
            "MCC_NOTICES__SENDER": own.sender, "MCC_NOTICES__TIMEOUT_SECONDS": "0.4",
            "MCC_NOTICES__PAUSE_SECONDS": "0.01",
        }  # fmt: skip

    def start(self, *asked: str) -> subprocess.Popen[bytes]:
        """Whoever asks closes it, and thereby its pipes."""
        command = [sys.executable, str(ROOT / "app.py"), *asked, "--state", str(self.settings.state)]
        return subprocess.Popen(command, env=self.environ(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def run(self, *asked: str) -> tuple[int, str]:
        with self.start(*asked) as process:
            out, errors = process.communicate()
        return process.returncode, (out + errors).decode()


def wall() -> datetime:
    return datetime.now(UTC)


def shell() -> Actor:
    return Actor(name="shell", origin="test", now=wall())


@pytest.fixture
def post() -> Iterator[Post]:
    with post_office() as found:
        yield found


@pytest.fixture
def centre(registry_url: str, tmp_path: Path, post: Post) -> Centre:
    with psycopg.connect(registry_url) as connection:
        # The clock of the campaign: nothing falls due by itself in the processes that the tests start.
        facts = {
            "clock_campaign_start": "2021-11-22T14:05:00+07:00",
            "clock_wall_start": wall().isoformat(),
            "clock_speed": "1",
        }
        for name, value in facts.items():
            connection.execute("INSERT INTO registry.dataset_fact (name, value) VALUES (%s, %s)", [name, value])
    return Centre(registry_url, tmp_path / "state", post)


def test_what_falls_due_is_made_once_and_sent_once_to_each(centre: Centre, post: Post) -> None:
    for address in ("a@example.vn", "b@example.vn"):
        centre.reads(address)
    centre.reads("A@example.vn", role="approver")
    centre.reads("c@example.vn", area="79")
    centre.reads("d@example.vn", language="en")
    assert centre.plan(now=DUE - timedelta(hours=1)) == 0
    assert centre.plan() == 1
    assert centre.plan() == 0, "whoever looks again plans nothing again"
    assert centre.make() == ["ready"]
    report = centre.report
    assert (report.schedule, report.day, report.snapshot, report.locked_on) == (
        "daily", date(2021, 11, 22), VERSION, date(2021, 11, 21),
    )  # fmt: skip
    assert centre.send() == ["sent", "sent"], "of the nation, in Vietnamese, each address once"
    assert sorted(address for address, _ in post.mails) == ["a@example.vn", "b@example.vn"]
    assert centre.send() == []
    (mail,) = post.to("b@example.vn")
    kept = archive.manifest_of(centre.settings.report_dir, report.folder, report.manifest_hash)
    attached = {part.get_filename(): part.get_payload(decode=True) for part in mail.iter_attachments()}
    assert set(attached) == {f"report-vn-{VERSION:010d}-vi.{form}" for form in ("pdf", "xlsx")}
    for form in ("pdf", "xlsx"):
        file = kept.of_form(form)
        assert file is not None
        assert attached[file.name] == archive.body_of(centre.settings.report_dir, report.folder, file)
    assert mail["Subject"] == "Báo cáo tiêm chủng COVID-19: Cả nước, ngày 22/11/2021"
    assert len(kept.pages) == len(pypdfium2.PdfDocument(attached[f"report-vn-{VERSION:010d}-vi.pdf"]))
    assert kept.told["sections"] == list(PARTS)
    assert not centre.alerts()


STALE = "UPDATE feed_status SET lag_seconds = 1200 WHERE name = 'dose'"


def test_looking_again_takes_no_report_number(centre: Centre) -> None:
    assert centre.plan() == 1
    for _ in range(5):
        assert centre.plan() == 0
    assert centre.plan(now=DUE + timedelta(days=1)) == 1
    with psycopg.connect(centre.url) as connection:
        numbers = connection.execute("SELECT report_id FROM operations.report ORDER BY report_id").fetchall()
    assert numbers == [(1,), (2,)], "readers ask where the missing ones are"


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        (STALE, "Nguồn Mũi tiêm: 20 phút chưa có số liệu mới, giới hạn 15 phút"),
        ("UPDATE feed_status SET state = 'held' WHERE name = 'dose'", "Nguồn Mũi tiêm đang dừng"),
        ("UPDATE invariant SET holds = false, right_side = left_side + 5 WHERE name <> ''",
         "phải bằng nhau nhưng lệch"),
        ("DELETE FROM figure_lock", "chưa được chốt"),
        ("UPDATE snapshot_info SET published_at = published_at - INTERVAL 30 MINUTE", "Bản chụp đã cũ 30 phút"),
    ],
)  # fmt: skip
def test_a_check_that_fails_stops_the_mail_and_raises_the_alert(
    centre: Centre, post: Post, sql: str, told: str
) -> None:
    centre.reads("a@example.vn")
    centre.publish(sql=sql)
    centre.plan()
    assert centre.make() == ["held"]
    assert centre.send() == []
    assert not post.mails
    assert told in centre.alerts()["report_held"]
    assert told in centre.first_page(centre.report)


def test_a_held_report_is_released_by_a_named_person_with_what_failed_on_its_first_page(
    centre: Centre, post: Post
) -> None:
    centre.reads("a@example.vn")
    centre.publish(sql=STALE)
    centre.plan()
    centre.make()
    number = centre.report.report_id
    add_account(centre.url, "xem", [grant(Role.VIEWER)])
    with pytest.raises(NotAllowed):
        release_report(centre.url, number, reason="cần ngay", by=Actor(name="xem", origin="test", now=wall()))
    add_account(centre.url, "lan", [grant(Role.REPORTER)])
    by = Actor(name="lan", origin="test", now=wall())
    with pytest.raises(ActRefused, match="reason is empty"):
        release_report(centre.url, number, reason=" ", by=by)
    assert release_report(centre.url, number, reason="họp giao ban 7 giờ", by=by) == 1
    with pytest.raises(ActRefused, match="its state is released"):
        release_report(centre.url, number, reason="lần nữa", by=by)
    assert centre.send() == ["sent"]
    (mail,) = post.to("a@example.vn")
    assert mail["Subject"].startswith("[KIỂM TRA KHÔNG ĐẠT]")
    body = mail.get_body()
    assert body is not None
    text = body.get_content()
    assert "lan cho gửi. Lý do: họp giao ban 7 giờ" in text
    assert "Nguồn Mũi tiêm: 20 phút" in text
    assert "KIỂM TRA KHÔNG ĐẠT (1)" in centre.first_page(centre.report)
    assert not centre.alerts(), "somebody decided"
    with psycopg.connect(centre.owner) as connection:
        found = connection.execute("SELECT actor, detail FROM operations.action_log WHERE action = 'report_released'")
        assert [(actor, detail["reason"]) for actor, detail in found] == [("lan", "họp giao ban 7 giờ")]


def test_a_held_report_is_made_again_once_its_cause_is_mended(centre: Centre, post: Post) -> None:
    centre.reads("a@example.vn")
    centre.publish(sql=STALE)
    centre.plan()
    centre.make()
    before = centre.report
    centre.publish(VERSION + 1)
    make_again(centre.url, before.report_id, reason="nguồn đã thông", by=shell())
    assert centre.make() == ["ready"]
    after = centre.report
    assert (after.report_id, after.snapshot) == (before.report_id, VERSION + 1)
    assert [item.name for item in centre.settings.report_dir.iterdir()] == [after.folder]
    assert centre.send() == ["sent"]
    assert not centre.alerts()
    assert len(post.mails) == 1


def test_a_withdrawn_one_is_sent_to_nobody(centre: Centre, post: Post) -> None:
    centre.reads("a@example.vn")
    centre.publish(sql=STALE)
    centre.plan()
    centre.make()
    withdraw_report(centre.url, centre.report.report_id, reason="đã gửi bản giấy", by=shell())
    assert (centre.send(), centre.alerts(), post.mails) == ([], {}, [])


def test_a_missing_figure_and_an_empty_section_hold_it(centre: Centre, post: Post) -> None:
    """Of a source that tells no doses: the page draws an empty chart, the mail does not go."""
    centre.reads("a@example.vn")
    centre.publish(sql="DELETE FROM doses_by_day")
    centre.plan()
    assert centre.make() == ["held"]
    assert [(item["check"], item["name"]) for item in centre.report.checks] == [("chart", "headline.days")]
    centre.publish(VERSION + 1, sql="DELETE FROM area")
    make_again(centre.url, centre.report.report_id, reason="thử lại", by=shell())
    assert centre.make() == ["held"]
    assert [(item["check"], item["name"]) for item in centre.report.checks] == [
        ("figure", "headline.dose1_people"),
        ("figure", "headline.full_people"),
        ("section", "provinces"),
    ]
    assert (centre.send(), post.mails) == ([], [])


def test_a_server_that_refuses_is_busy_or_hangs_fails_for_its_own_address_alone(centre: Centre, post: Post) -> None:
    for name in ("sai", "tot"):
        centre.reads(f"{name}@example.vn")
    centre.plan()
    centre.make()
    post.refuse = "sai@"
    assert sorted(centre.send()) == ["failed", "sent"], "550 is final"
    assert centre.mails() == [("sai@example.vn", "failed"), ("tot@example.vn", "sent")]
    assert "tới 1 địa chỉ" in centre.alerts()["report_unsent"]
    with connect(centre.url) as connection:
        (failed, _) = mails_of(connection, centre.report.report_id)
    assert "(550)" in failed.reason
    post.refuse, post.busy = "", True
    retry_mail(centre.url, failed.mail_id, reason="đã sửa hộp thư", by=shell())
    assert centre.send(2) == ["put_off", "put_off"]
    post.busy, post.late_seconds = False, 1.0
    assert centre.send(1) == ["put_off"], "it took the mail and answered too late: nobody knows"
    post.late_seconds = 0.0
    assert centre.send() == ["sent"]
    copies = post.to("sai@example.vn")
    assert len({str(mail["Message-ID"]) for mail in copies}) == len({str(mail["Date"]) for mail in copies}) == 1
    assert len(post.to("tot@example.vn")) == 1
    assert not centre.alerts()


def test_a_server_that_takes_half_is_asked_again_under_the_same_key(centre: Centre, post: Post) -> None:
    centre.reads("a@example.vn")
    centre.plan()
    centre.make()
    post.hang_up = 1
    assert centre.send() == ["put_off", "sent"]
    assert (len(post.mails), len(post.keys)) == (2, 1)


def test_tries_come_to_an_end_and_are_an_alert(centre: Centre, post: Post) -> None:
    centre.reads("a@example.vn")
    centre.plan()
    centre.make()
    post.busy = True
    assert centre.send() == ["put_off", "put_off", "put_off", "failed"]
    assert "report_unsent" in centre.alerts()


def test_who_left_the_list_gets_nothing_that_still_waits(centre: Centre, post: Post) -> None:
    number = centre.reads("a@example.vn")
    centre.plan()
    centre.make()
    end_recipient(centre.url, number, by=shell())
    assert centre.send() == [MailState.DROPPED.value]
    assert not post.mails


def test_a_file_that_was_changed_in_the_archive_reaches_nobody(centre: Centre, post: Post) -> None:
    centre.reads("a@example.vn")
    centre.plan()
    centre.make()
    report = centre.report
    (file,) = (centre.settings.report_dir / report.folder).glob("*.xlsx")
    file.write_bytes(file.read_bytes() + b" ")
    assert centre.send() == ["failed"]
    assert not post.mails
    code, told = centre.run("archive", "verify")
    assert code == 4
    assert f"report {report.report_id}: {file.name} is not what it was" in told


@pytest.mark.parametrize("moment", ["taken", "left"])
def test_killed_between_sending_and_recording_each_gets_it_and_a_repeat_can_be_known(
    centre: Centre, post: Post, moment: str
) -> None:
    """At least once: of the mail that was under way a second copy under its own Message-ID, of no other. moment: the
    server has the mail and the process dies before it hears so, or after it heard so and before it writes it down."""
    addresses = [f"{name}@example.vn" for name in "abc"]
    for address in addresses:
        centre.reads(address)
    centre.plan()
    centre.make()
    deaths = list[str]()

    def die() -> None:
        post.taken = post.left = None
        deaths.append(post.mails[-1][0])
        os.kill(process.pid, signal.SIGKILL)

    setattr(post, moment, die)
    with centre.start("reporter", "--once") as process:
        assert process.wait() == -signal.SIGKILL
    assert deaths == [post.mails[0][0]]
    assert [state for _, state in centre.mails()] == ["waiting"] * 3
    time.sleep(4.2)  # as long as one try may last: ten answers of 0.4 s
    assert centre.run("reporter", "--once")[0] == 0
    assert [state for _, state in centre.mails()] == ["sent"] * 3
    assert len(post.keys) == 3, "one message an address"
    assert {address: len(post.to(address)) for address in addresses} == {
        address: 2 if address in deaths else 1 for address in addresses
    }
    assert centre.run("reporter", "--once")[0] == 0
    assert len(post.mails) == 4


def test_killed_while_it_is_made_it_is_made_once_and_whole(centre: Centre, post: Post) -> None:
    centre.reads("a@example.vn")
    centre.plan(daily(forms=("csv", "pdf", "pptx", "docx", "xlsx", "json")))
    for done in (1, 3):
        with centre.start("reporter", "--once") as process:
            while centre.report.step < done:
                assert process.poll() is None
                time.sleep(0.01)
            process.kill()
        assert centre.report.state is ReportState.WAITING
    assert centre.run("reporter", "--once")[0] == 0
    report = centre.report
    assert (report.state, report.tries) == (ReportState.READY, 3)
    assert [item.name for item in centre.settings.report_dir.iterdir()] == [report.folder]
    assert centre.run("archive", "verify")[0] == 0
    assert len(post.mails) == 1


def test_one_that_kills_its_process_each_time_is_given_up(centre: Centre) -> None:
    centre.plan()
    with connect(centre.url) as connection:
        connection.execute("UPDATE operations.report SET tries = 4")
    assert centre.make() == ["failed"]
    assert centre.report.reason == "interrupted"
    assert "không lập được" in centre.alerts()["report_failed"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own as the archive. Skips where mounting one is not allowed."""
    folder = tmp_path / "state" / "reports"
    folder.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_KB}k", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("a small disk cannot be mounted here: this takes root")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_leaves_the_archive_as_it_was_and_the_retry_makes_up_for_it(
    small_disk: Path, centre: Centre
) -> None:
    centre.plan(daily(forms=("csv",)))
    assert centre.make() == ["ready"]
    first = centre.report
    ballast = small_disk / "ballast"
    free = os.statvfs(small_disk)
    ballast.write_bytes(b"x" * (free.f_bavail * free.f_frsize - 8192))
    centre.plan(daily(forms=("csv", "xlsx")), now=DUE + timedelta(days=1))
    assert centre.make() == ["put_off", "put_off", "put_off", "failed"]
    assert centre.report.reason == "no_space"
    assert sorted(item.name for item in small_disk.iterdir()) == sorted([first.folder, "ballast"])
    archive.manifest_of(centre.settings.report_dir, first.folder, first.manifest_hash)
    ballast.unlink()
    make_again(centre.url, centre.report.report_id, reason="đã dọn ổ đĩa", by=shell())
    assert centre.make() == ["ready"]
    assert centre.run("archive", "verify")[0] == 0


def test_on_request_of_a_province_and_days_it_is_made_and_sent_to_nobody(centre: Centre, post: Post) -> None:
    centre.reads("a@example.vn", area="79")
    add_account(centre.url, "hcm", [grant(Role.REPORTER, "79")])
    by = Actor(name="hcm", origin="test", now=wall())
    with pytest.raises(NotAllowed):
        ask_report(centre.url, AskedReport(area="01", language="vi", parts=PARTS, forms=("json",)), by=by)
    days = (date(2021, 11, 1), date(2021, 11, 7))
    asked = AskedReport(area="79", language="en", parts=PARTS, forms=("json", "pdf"), days=days)
    number = ask_report(centre.url, asked, by=by)
    assert centre.make() == ["ready"]
    with connect(centre.url) as connection:
        report = one_report(connection, number)
    assert report is not None
    assert (report.area, report.days, report.state) == ("79", days, ReportState.READY)
    kept = archive.manifest_of(centre.settings.report_dir, report.folder, report.manifest_hash)
    file = kept.of_form("json")
    assert file is not None
    told = json.loads(archive.body_of(centre.settings.report_dir, report.folder, file))
    table = next(item for part in told["sections"] for item in part["tables"] if item["key"] == "days")
    with duckdb.connect(str(centre.settings.snapshot_dir / f"snapshot-{VERSION:010d}.duckdb"), read_only=True) as file_:
        rows = file_.execute(
            "SELECT day::VARCHAR, sum(doses) FROM doses_by_day WHERE area_code = '79' "
            "AND day BETWEEN '2021-11-01' AND '2021-11-07' GROUP BY ALL ORDER BY 1"
        ).fetchall()
    assert [(row[0], row[1]) for row in table["rows"]] == [*rows, (None, sum(doses for _, doses in rows))]
    assert (centre.send(), post.mails) == ([], [])


def test_a_snapshot_that_is_not_kept_is_said_so(centre: Centre) -> None:
    asked = AskedReport(area="", language="vi", parts=PARTS, forms=("csv",), version=3)
    ask_report(centre.url, asked, by=shell())
    assert centre.make() == ["failed"]
    assert centre.report.reason == "no_snapshot"


def test_a_schedule_that_stops_is_an_alert(centre: Centre) -> None:
    centre.plan(now=DUE - timedelta(days=2))
    centre.make()
    assert "chưa được lập" in centre.alerts()["report_missing"]


def test_the_command_tells_and_releases(centre: Centre) -> None:
    centre.publish(sql=STALE)
    centre.plan()
    centre.make()
    number = str(centre.report.report_id)
    assert f"{number}  nation vi  daily of 2021-11-22: held, snapshot 7" in centre.run("archive")[1]
    assert "no new data for 20 minutes" in centre.run("archive", "show", number)[1]
    assert centre.run("archive", "release", number, "--reason", "cần ngay")[0] == 0
    assert centre.run("archive", "release", number, "--reason", "cần ngay")[0] == 4
    assert json.loads(centre.run("archive", "list-add", "a@example.vn", "--role", "reporter", "--json")[1])["id"]


def test_a_sentence_about_a_figure_calls_it_by_its_name_in_that_language(centre: Centre) -> None:
    centre.publish(sql="DELETE FROM doses_by_day; DELETE FROM area")
    centre.plan()
    assert centre.make() == ["held"]
    checks = {item["name"]: item for item in centre.report.checks}
    assert "Số người đã tiêm ít nhất 1 mũi" in checks["headline.dose1_people"]["vi"]
    english = [item["en"] for item in checks.values()]
    assert "People with at least one dose" in checks["headline.dose1_people"]["en"]
    assert "Provinces ranked" in checks["provinces"]["en"]
    assert not [text for text in english if not text.replace("’", "").replace("“", "").replace("”", "").isascii()]


def aged(centre: Centre, days: int) -> None:
    """As if everything that became of every report had become of it so long ago."""
    with psycopg.connect(centre.owner) as connection:
        for table, column in (("report", "made_at"), ("report", "decided_at"), ("report_mail", "ended_at")):
            connection.execute(f"UPDATE operations.{table} SET {column} = {column} - make_interval(days => %s)", [days])


def cited(centre: Centre) -> set[int]:
    with psycopg.connect(centre.owner) as connection:
        return {row[0] for row in connection.execute("SELECT snapshot_version FROM operations.cited_version")}


def test_files_are_kept_as_long_as_it_is_said_and_their_hash_for_ever(centre: Centre, post: Post) -> None:
    centre.reads("a@example.vn")
    centre.plan()
    centre.make()
    assert centre.send() == ["sent"]
    sent = centre.report
    asked = AskedReport(area="", language="en", parts=("headline",), forms=("pdf", "csv"), version=VERSION)
    ask_report(centre.url, asked, by=shell())
    assert centre.make() == ["ready"]
    other = centre.report
    root, own = centre.settings.report_dir, centre.settings.archive
    hashes = {
        item.name: item.sha256
        for item in archive.manifest_of(root, other.folder, other.manifest_hash).files
        if item.kind != "page"
    }
    assert keep_archive(centre.settings, centre.url, now=wall()) == 0
    aged(centre, own.keep_other_days + 1)
    assert keep_archive(centre.settings, centre.url, now=wall()) == 1
    assert [item.name for item in root.iterdir()] == [sent.folder], "what was sent stays"
    assert centre.report.gone_at is not None
    assert cited(centre) == {VERSION}, "the one that was sent is of it"
    with psycopg.connect(centre.owner) as connection:
        [(detail,)] = connection.execute(
            "SELECT detail FROM operations.audit WHERE action = 'report_let_go'"
        ).fetchall()
    assert detail == {"report": other.report_id, "sha256": other.manifest_hash, "hashes": hashes}
    code, told = centre.run("archive", "verify")
    assert code == 0, told
    assert other.manifest_hash in centre.run("archive")[1]
    aged(centre, own.keep_sent_days - own.keep_other_days)
    assert keep_archive(centre.settings, centre.url, now=wall()) == 1
    assert list(root.iterdir()) == []
    assert cited(centre) == set(), "nothing keeps the snapshot any more"
    assert keep_archive(centre.settings, centre.url, now=wall()) == 0


def test_what_waits_for_somebody_is_kept_however_old(centre: Centre, post: Post) -> None:
    centre.reads("a@example.vn")
    centre.publish(sql=STALE)
    centre.plan()
    assert centre.make() == ["held"]
    aged(centre, 40_000)
    assert keep_archive(centre.settings, centre.url, now=wall()) == 0
    number = centre.report.report_id
    release_report(centre.url, number, reason="họp giao ban", by=shell())
    aged(centre, 40_000)
    assert keep_archive(centre.settings, centre.url, now=wall()) == 0, "its mail waits"
    assert centre.send() == ["sent"]
    aged(centre, 40_000)
    assert keep_archive(centre.settings, centre.url, now=wall()) == 1
    with psycopg.connect(centre.owner) as connection:
        connection.execute("UPDATE operations.report_mail SET state = 'failed'")
        [(mail,)] = connection.execute("SELECT mail_id FROM operations.report_mail").fetchall()
    with pytest.raises(ActRefused, match="not kept any more"):
        retry_mail(centre.url, mail, reason="gửi lại", by=shell())


def test_files_of_a_process_that_died_before_it_deleted_them_are_deleted_next(centre: Centre) -> None:
    ask_report(centre.url, AskedReport(area="", language="vi", parts=("headline",), forms=("csv",)), by=shell())
    assert centre.make() == ["ready"]
    with psycopg.connect(centre.owner) as connection:
        connection.execute("UPDATE operations.report SET gone_at = now()")
    assert len(list(centre.settings.report_dir.iterdir())) == 1
    assert keep_archive(centre.settings, centre.url, now=wall()) == 1
    assert list(centre.settings.report_dir.iterdir()) == []
