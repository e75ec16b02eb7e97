"""The status page and the page of incidents in a real browser: of the demo, with an outage, and with hostile names."""

import os
import pathlib
import subprocess

import map_page

from page import fits, reads_and_prints, stands_alone

WIDTHS = [1400, 1000, 390, 360, 320]


def write(binary: str, command: str, database: pathlib.Path, page: pathlib.Path):
    page.write_bytes(subprocess.run([binary, command, "--db", database, "--output", "html"], stdout=subprocess.PIPE, check=False).stdout)


def check_page(checks, browser, page: pathlib.Path, title: str, label: str):
    stands_alone(checks, browser, page, label)
    checks.that(f"{label}: nobody changed the title", browser.ask("document.title") == title, browser.ask("document.title"))
    for width in WIDTHS:
        fits(checks, browser, label, width)
        outside = browser.ask("""[...document.querySelectorAll('.box *')].filter(e => !e.closest('svg') && e.getBoundingClientRect().width
            && e.getBoundingClientRect().right > e.closest('.box').getBoundingClientRect().right + 1).length""")
        checks.that(f"{label}: nothing leaves its box at {width} px", outside == 0, outside)
    ids = browser.ask("(() => { const ids = [...document.querySelectorAll('[id]')].map(e => e.id); return ids.length - new Set(ids).size })()")
    checks.that(f"{label}: no id twice", ids == 0, ids)


def check_outage(checks, browser, page: pathlib.Path, contrast: str):
    browser.open(page)
    browser.look(1400)
    checks.that("status: the outage is in the first screen", browser.ask(
        "(e => e && e.getBoundingClientRect().bottom < 900 && e.textContent.includes('dxcon-ffx3v7tc'))(document.querySelector('.incident-box.down'))"))
    browser.look(360)
    checks.that("status: on a phone too", browser.ask("document.querySelector('.incident-box.down').getBoundingClientRect().top < 640"))
    checks.that("status: a path is lost", "2 of 3 paths left" in browser.ask("document.body.textContent"))
    small = browser.ask("Math.min(...[...document.querySelectorAll('svg.timeline')].map(s => s.getBoundingClientRect().width))")
    checks.that("status: the strips fill a phone", small > 360 * 0.6, small)
    reads_and_prints(checks, browser, contrast, "status")


def month(database: pathlib.Path) -> pathlib.Path:
    """A month of trouble up to the present, as a story plays it: a router is off."""
    subprocess.run(["cargo", "test", "--quiet", "--test", "tests", "--", "--ignored", "--exact", "stories::month::a_file_has_the_month_up_to_the_present"],
                   cwd=pathlib.Path(__file__).parent, env={**os.environ, "DX_MONITOR_MONTH_FILE": str(database)}, check=True, stdout=subprocess.DEVNULL)
    return database


def check_month(checks, browser, page: pathlib.Path):
    browser.open(page)
    for width in [1400, 360]:
        browser.look(width)
        bars = browser.ask("[...document.querySelectorAll('svg.timeline rect.down, svg.timeline rect.planned')].length")
        checks.that(f"month: outages are in the strips at {width} px", bars >= 1, bars)
    text = browser.ask("document.querySelector('.incident-box').textContent")
    checks.that("month: the router that is off is the one incident that is open", browser.ask("document.querySelectorAll('.incident-box').length") == 1
                and ("the router behind it" in text or "the provider's path" in text), text)


def check(checks, browser, binary: str, database: pathlib.Path, make_hostile, contrast: str, pictures):
    outage, hostile = (map_page.copied(database, name) for name in ("outage-status.db", "hostile-status.db"))
    map_page.put_down(outage)
    map_page.put_down(hostile)
    make_hostile(hostile)
    pages = {}
    for name, store in {"demo": database, "outage": outage, "hostile": hostile}.items():
        for command, title in {"status": "Direct Connect status", "incidents": "Direct Connect incidents"}.items():
            page = pages[f"{command}-{name}"] = database.with_name(f"{command}-{name}.html")
            write(binary, command, store, page)
            check_page(checks, browser, page, title, f"{command}, {name}")
    check_outage(checks, browser, pages["status-outage"], contrast)
    pages["status-month"] = database.with_name("status-month.html")
    write(binary, "status", month(database.with_name("month.db")), pages["status-month"])
    check_page(checks, browser, pages["status-month"], "Direct Connect status", "status, month")
    check_month(checks, browser, pages["status-month"])
    if pictures:
        for name, page, width, dark in [("status", "status-outage", 1400, False), ("status-dark", "status-outage", 1400, True),
                                        ("status-phone", "status-outage", 360, False), ("status-hostile", "status-hostile", 360, False),
                                        ("incidents", "incidents-outage", 1400, False), ("incidents-phone", "incidents-outage", 360, False)]:
            browser.open(pages[page])
            browser.look(width, dark)
            browser.picture(pictures / f"{name}.png")
        browser.open(pages["status-month"])
        for name, width, height in [("status-wall", 1400, 1000), ("status-pocket", 360, 720)]:
            browser.look(width, height=height)
            browser.picture(pictures / f"{name}.png", whole=False)
