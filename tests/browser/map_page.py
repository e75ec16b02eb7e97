"""The map's page in a real browser: of the demo's estate, with an outage, with hostile names, and with 5,000 items."""

import datetime
import json
import pathlib
import shutil
import sqlite3
import subprocess

from page import fits, is_small_and_opens, picture_each, reads_and_prints, stands_alone

WIDTHS = [1400, 1000, 390, 360, 320]
INCIDENT = "00000000-0000-0000-0000-000000000007"
DOWN = {"connection/dxcon-ffx3v7tc": 5, "virtual-interface/dxvif-ffu7g8h9": 5, "bgp-peer/dxpeer-fgg8h9v4": 4, "bgp-peer/dxpeer-fgg8h9v6": 4}


def draw(binary: str, database: pathlib.Path, page: pathlib.Path) -> int:
    """Writes the page. Returns how many items it has to show."""
    page.write_bytes(subprocess.check_output([binary, "map", "--db", database, "--output", "html"]))
    answer = subprocess.run([binary, "status", "--db", database, "--output", "json"], stdout=subprocess.PIPE, check=False)
    return sum(item["state"] not in ("deleted", "rejected", "absent") for item in json.loads(answer.stdout))


def copied(database: pathlib.Path, name: str) -> pathlib.Path:
    copy = database.with_name(name)
    shutil.copy(database, copy)
    return copy


def put_down(database: pathlib.Path):
    """The demo's outage, as if it went on: the rows and the incident that the program itself would have written."""
    with sqlite3.connect(database) as store:
        at = store.execute("SELECT max(since) FROM states").fetchone()[0]
        root = {"kind": "connection", "id": "dxcon-ffx3v7tc"}
        told = {"severity": "critical", "impact": "reduced", "root": root, "count": len(DOWN), "people": True}
        incident = {"category": "outage", "status": "open", "root": root, "since": at, "opened_at": at, "grown_at": at,
                    "last_document_at": at, "told": told, "outages": 1, "down_milliseconds": 0, "down_since": at,
                    "changed_at": at, "flapping": {"penalty": 0, "at": at}}
        for item, level in DOWN.items():
            store.execute("UPDATE states SET state = 'down', level = ?, health = 'down', \"group\" = ?, incident_id = ? WHERE item = ?",
                          [level, INCIDENT, INCIDENT, item])
        store.execute("INSERT INTO incidents (scope, id, sequence, announced, incident) VALUES ('123456789012/us-east-1', ?, 1, '{}', ?)",
                      [INCIDENT, json.dumps(incident)])
    store.close()


def fill(database: pathlib.Path, cables: int = 1250):
    """Some 5,000 items more: copies of a connection and of what runs over it, at forty locations."""
    copies = {"dxcon-ffx3v7tc": "dxcon-{}", "dxvif-ffu7g8h9": "dxvif-{}", "dxpeer-fgg8h9v4": "dxpeer-{}a", "dxpeer-fgg8h9v6": "dxpeer-{}b"}
    with sqlite3.connect(database) as store:
        store.row_factory = sqlite3.Row
        rows = [dict(row) for row in store.execute("SELECT * FROM states") if any(row["item"].endswith("/" + old) for old in copies)]
        for number in range(cables):
            for row in rows:
                copy = dict(row)
                for old, new in copies.items():
                    copy["item"] = copy["item"].replace(old, new.format(number))
                    copy["details"] = copy["details"].replace(old, new.format(number))
                copy["details"] = copy["details"].replace("CSVA1", f"Loc{number % 40}")
                names = ", ".join(f'"{name}"' for name in copy)
                store.execute(f"INSERT INTO states ({names}) VALUES ({', '.join('?' * len(copy))})", list(copy.values()))
    store.close()


def check_page(checks, browser, page: pathlib.Path, items: int, label: str):
    stands_alone(checks, browser, page, label)
    checks.that(f"{label}: nobody changed the title", browser.ask("document.title") == "Direct Connect map", browser.ask("document.title"))
    listed = browser.ask("document.querySelectorAll('.box code').length")
    checks.that(f"{label}: every item is listed once", listed == items, f"{listed} of {items}")
    for width in WIDTHS:
        fits(checks, browser, label, width)
        drawn = browser.ask("getComputedStyle(document.querySelector('.picture')).display !== 'none'")
        checks.that(f"{label}: the picture is {'there' if width > 1024 else 'not squeezed in'} at {width} px", drawn == (width > 1024))
    browser.look(1400)
    outside = browser.ask(OUTSIDE)
    checks.that(f"{label}: no text leaves the picture's boxes", not outside, outside)
    small = browser.ask("Math.min(...[...document.querySelectorAll('svg.map text')].map(e => e.getScreenCTM().a * parseFloat(getComputedStyle(e).fontSize)))")
    checks.that(f"{label}: the picture can be read at 1400 px", small >= 10, small)


# Every text of the picture ends within the box that it stands in, and begins after none before it on its line has ended.
OUTSIDE = """[...document.querySelectorAll('.picture svg.map > g')].flatMap(group => {
    const box = group.querySelector('rect.frame').getBoundingClientRect();
    return [...group.querySelectorAll('text')].filter(e => e.textContent).map(e => [e.textContent, e.getBoundingClientRect()])
      .filter(([, r]) => r.left < box.left || r.right > box.right || r.bottom > box.bottom + 1).map(([text]) => text);
  }).slice(0, 3).join('; ')"""


def check_outage(checks, browser, page: pathlib.Path, contrast: str):
    browser.open(page)
    browser.look(1400)
    count = lambda selector: browser.ask(f"document.querySelectorAll('.picture {selector}').length")
    checks.that("outage: four marks are down", count(".mark.down") >= 4, count(".mark.down"))
    checks.that("outage: a lost path is crossed, and the two that are left are thick", (count("path.lost"), count("path.cross"), count("path.left")) == (1, 1, 2))
    checks.that("outage: the incident is on its root and on what it hits", browser.ask(
        "[...document.querySelectorAll('.picture .badge-text')].map(e => e.textContent).join(' ')") == "#1* #1")
    checks.that("outage: its line is at the head", "outage of connection dxcon-ffx3v7tc" in browser.ask("document.querySelector('.incidents').textContent"))
    reads_and_prints(checks, browser, contrast, "outage")


def plan(binary: str, database: pathlib.Path):
    """Planned time that has begun, and some that is to come."""
    tomorrow = (datetime.date.today() + datetime.timedelta(days=1)).isoformat()
    for options in [["--id", "dxcon-ffx3v7tc", "--for", "2h", "--reason", "new optics"],
                    ["--location", "EqDC2", "--from", tomorrow, "--for", "4h", "--reason", "power work in the cage"]]:
        subprocess.check_output([binary, "silence", "add", *options, "--by", "anna", "--db", database])


def check_planned(checks, browser, page: pathlib.Path, contrast: str):
    browser.open(page)
    browser.look(1400)
    signs = lambda kind: browser.ask(f"[...document.querySelectorAll('.picture .badge-text.{kind}')].map(e => e.textContent).join(' ')")
    checks.that("planned: what has begun is on its item, and in the legend", signs("planned") == "P1 P1", signs("planned"))
    later = signs("later").split()
    checks.that("planned: what is to come is on every item there", len(later) > 4 and set(later) == {"P2"}, later)
    text = browser.ask("document.querySelector('#planned').parentElement.textContent")
    checks.that("planned: the page says what it is", "new optics (1 item)" in text and "power work in the cage" in text, text)
    for dark in [False, True]:
        browser.look(1400, dark)
        poor = browser.ask(contrast)
        checks.that(f"planned: contrast of text is AA in {'dark' if dark else 'light'} mode", not poor, poor)


def check_size(checks, browser, page: pathlib.Path):
    is_small_and_opens(checks, browser, page, "5,000 items")
    browser.look(1400)
    height = browser.ask("document.querySelector('.picture svg').getBoundingClientRect().height")
    checks.that("5,000 items: the picture has at most six screens", height < 6 * 900, height)


def check(checks, browser, binary: str, database: pathlib.Path, make_hostile, contrast: str, pictures):
    outage, hostile, large, planned = (copied(database, name) for name in ("outage.db", "hostile-map.db", "large.db", "planned.db"))
    plan(binary, planned)
    put_down(outage)
    put_down(hostile)
    make_hostile(hostile)
    fill(large)
    pages = {}
    for name, store in {"map-demo": database, "map-outage": outage, "map-hostile": hostile, "map-large": large, "map-planned": planned}.items():
        pages[name] = database.with_name(f"{name}.html")
        check_page(checks, browser, pages[name], draw(binary, store, pages[name]), name)
    check_outage(checks, browser, pages["map-outage"], contrast)
    check_planned(checks, browser, pages["map-planned"], contrast)
    picture = database.with_name("map-hostile.svg")
    picture.write_bytes(subprocess.check_output([binary, "map", "--db", hostile, "--output", "svg"]))
    browser.open(picture)
    checks.that("the picture alone is well-formed, with hostile names too", browser.ask(
        "document.documentElement.nodeName === 'svg' && !document.querySelector('parsererror')"))
    check_size(checks, browser, pages["map-large"])
    if pictures:
        picture_each(browser, pages, pictures, lambda name, form: name != "map-large" or form != "narrow")
        for name, page in pages.items():
            browser.open(page)
            (pictures / f"{name}.pdf").write_bytes(browser.pdf())
        browser.open(pages["map-outage"])
        browser.look(1400, height=1100)
        browser.picture(pictures / "map.png", whole=False)
