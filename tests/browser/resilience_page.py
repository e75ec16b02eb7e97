"""The page of resilience in a real browser: of the demo, with intents that are not met, with hostile names, and with 5,000
items."""

import os
import pathlib
import subprocess

import map_page

from page import fits, is_small_and_opens, stands_alone

WIDTHS = [1400, 1000, 390, 360, 320]
TITLE = "Direct Connect resilience"
CORE = "c4f1e2d3-5a6b-4c7d-8e9f-0a1b2c3d4e5f"


def write(binary: str, database: pathlib.Path, page: pathlib.Path, intended: str = ""):
    environment = {**os.environ, "DX_MONITOR_INTENDED_RESILIENCE": intended}
    page.write_bytes(subprocess.check_output([binary, "resilience", "--db", database, "--output", "html"], env=environment))


def check_page(checks, browser, page: pathlib.Path, label: str):
    stands_alone(checks, browser, page, label)
    checks.that(f"{label}: nobody changed the title", browser.ask("document.title") == TITLE, browser.ask("document.title"))
    for width in WIDTHS:
        fits(checks, browser, label, width)
        outside = browser.ask("""[...document.querySelectorAll('.box *')].filter(e => e.getBoundingClientRect().width
            && e.getBoundingClientRect().right > e.closest('.box').getBoundingClientRect().right + 1).length""")
        checks.that(f"{label}: nothing leaves its box at {width} px", outside == 0, outside)
    ids = browser.ask("(() => { const ids = [...document.querySelectorAll('[id]')].map(e => e.id); return ids.length - new Set(ids).size })()")
    checks.that(f"{label}: no id twice", ids == 0, ids)


def check_intents(checks, browser, page: pathlib.Path, contrast: str):
    browser.open(page)
    browser.look(1400)
    checks.that("resilience: what is not as intended is first", browser.ask(
        "document.querySelector('.destination').textContent.includes('core-dxgw')"))
    text = browser.ask("document.querySelector('.destination').textContent")
    checks.that("resilience: both families stand once", "IPv4 and IPv6: high, where maximum is intended" in text, text)
    checks.that("resilience: three paths, and what takes each", text.count("2 of 3") == 7, text)
    checks.that("resilience: tables have headers of columns and rows", browser.ask(
        "document.querySelectorAll('thead th[scope=col]').length > 4"
        " && [...document.querySelectorAll('tbody tr')].every(row => row.querySelector('th[scope=row]'))"))
    for dark in [False, True]:
        browser.look(1400, dark)
        poor = browser.ask(contrast)
        checks.that(f"resilience: contrast of text is AA in {'dark' if dark else 'light'} mode", not poor, poor)
    pdf = browser.pdf()
    checks.that("resilience: it prints to PDF", pdf.startswith(b"%PDF-") and len(pdf) > 10_000, len(pdf))


def check(checks, browser, binary: str, database: pathlib.Path, make_hostile, contrast: str, pictures):
    hostile, large = (map_page.copied(database, name) for name in ("hostile-resilience.db", "large-resilience.db"))
    make_hostile(hostile)
    map_page.fill(large)
    intended = f"{CORE}=maximum,vgw-0a1b2c3d4e5f60718=none"
    pages = {}
    for name, (store, intents) in {"demo": (database, ""), "intended": (database, intended), "hostile": (hostile, "high")}.items():
        pages[name] = database.with_name(f"resilience-{name}.html")
        write(binary, store, pages[name], intents)
        check_page(checks, browser, pages[name], f"resilience, {name}")
    check_intents(checks, browser, pages["intended"], contrast)
    page = database.with_name("resilience-large.html")
    write(binary, large, page)
    is_small_and_opens(checks, browser, page, "resilience, 5,000 items")
    if pictures:
        for name, page, width, dark in [("resilience", "intended", 1400, False), ("resilience-dark", "intended", 1400, True),
                                        ("resilience-phone", "intended", 360, False), ("resilience-hostile", "hostile", 360, False)]:
            browser.open(pages[page])
            browser.look(width, dark)
            browser.picture(pictures / f"{name}.png")
        browser.open(pages["intended"])
        (pictures / "resilience.pdf").write_bytes(browser.pdf())
