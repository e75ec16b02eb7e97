"""The report's page in a real browser, where it is large: 10,000 items fold, open at once, and say what was planned."""

import json
import pathlib
import sqlite3
import subprocess
import time
from datetime import datetime, timedelta

import map_page

from page import fits, is_small_and_opens, picture_each

CABLE = "dxcon-ffx3v7tc"


def plan_work(database: pathlib.Path):
    """Work of AWS on the demo's cable, announced two weeks before: from a minute before its outage to three minutes after."""
    with sqlite3.connect(database) as store:
        down = store.execute("SELECT min(occurred_at) FROM history WHERE item LIKE '%connection/' || ? "
                             "AND json_extract(event, '$.state.value') = 'down'", [CABLE]).fetchone()[0]
        began = datetime.fromisoformat(down.replace("Z", "+00:00"))
        instant = lambda minutes: (began + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        notice = {"updated_at": instant(-14 * 1440), "event": "arn", "communication": "c", "page": 1, "change": "scheduled"}
        store.execute('INSERT INTO windows (account, item, id, source, "match", "from", until, title, "by", notice, expires_at) '
                      "VALUES ('123456789012', 'w-1', 'w-1', 'aws-health', ?, ?, ?, 'work on a router', 'AWS', ?, 4000000000)",
                      [json.dumps({"ids": [CABLE]}), instant(-1), instant(3), json.dumps(notice)])
    store.close()


def draw(binary: str, database: pathlib.Path, page: pathlib.Path, *options: str):
    page.write_bytes(subprocess.check_output([binary, "report", "--db", database, "--output", "html", *options]))


def check_planned(checks, browser, page: pathlib.Path):
    browser.open(page)
    browser.look(1400)
    notice = browser.ask("document.querySelector('header .notice').textContent")
    checks.that("planned: the head says that it is a choice, and of which windows", "By choice" in notice and "w-1" in notice, notice)
    checks.that("planned: the planned part of the outage is drawn", browser.ask("document.querySelectorAll('svg.timeline rect.planned').length") > 0)
    for width in map_page.WIDTHS:
        fits(checks, browser, "planned", width)


def check_large(checks, browser, page: pathlib.Path):
    is_small_and_opens(checks, browser, page, "10,000 items")
    listed = browser.ask("document.querySelectorAll('[id^=item-]').length")
    checks.that("10,000 items: each is on the page", listed > 10_000, listed)
    checks.that("10,000 items: no script", browser.ask("document.querySelectorAll('script').length") == 0)
    shown = "document.querySelector('#item-5000').checkVisibility()"
    checks.that("10,000 items: they are folded", not browser.ask(shown))
    browser.ask("document.querySelector('#item-5000').closest('details').parentElement.closest('details, body').open = true")
    browser.ask("document.querySelector('#item-5000').closest('details').open = true")
    checks.that("10,000 items: a fold that is opened shows its items", browser.ask(shown))
    for width in map_page.WIDTHS:
        fits(checks, browser, "10,000 items", width)


def check(checks, browser, binary: str, database: pathlib.Path, pictures):
    planned, large = (map_page.copied(database, name) for name in ("planned.db", "large-report.db"))
    plan_work(planned)
    map_page.fill(large, 2500)
    pages = {"report-planned": database.with_name("planned.html"), "report-large": database.with_name("large-report.html")}
    draw(binary, planned, pages["report-planned"], "--exclude-planned")
    draw(binary, large, pages["report-large"])
    check_planned(checks, browser, pages["report-planned"])
    check_large(checks, browser, pages["report-large"])
    if pictures:
        picture_each(browser, pages, pictures, lambda name, _: name != "report-large")
