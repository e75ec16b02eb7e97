#!/usr/bin/env python3
"""The availability report and the map in a real browser: what `cargo test` cannot see.

    tests/browser/check.py [--pictures FOLDER]

Makes the report of a database that the demo filled, and of a copy of it in which every name is hostile, opens both in a
headless Chromium (Debian's; installed with apt-get where it is missing) and checks that the timeline is drawn, that nothing
scrolls sideways at 390 px, that injected names stay text, that nothing is loaded, and that the page prints to PDF.
The map's page is checked likewise (`map_page.py`), the report where it is large or leaves planned time out
(`report_page.py`), the page of resilience (`resilience_page.py`), and the pages of `status` and `incidents` (`status_page.py`). With --pictures, screenshots and the PDFs are
kept.
"""

import argparse
import base64
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile

import map_page
import report_page
import resilience_page
import status_page
from page import fits, stands_alone

ROOT = pathlib.Path(__file__).resolve().parents[2]
HOSTILE = "</title></svg><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">\u202e\u0007" + "W" * 300
WIDTHS = [1280, 390, 320]


def chromium() -> str:
    found = shutil.which("chromium")
    if not found:
        # Only where nobody has it yet: a clean machine.
        subprocess.run(["apt-get", "update", "-qq"], check=True, stdout=subprocess.DEVNULL)
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-liberation"]
        subprocess.run(install, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
        found = shutil.which("chromium")
    return found or sys.exit("chromium could not be installed")


class Browser:
    """Chromium over its own debugging pipe: NUL-terminated JSON on descriptors 3 and 4."""

    def __init__(self, profile: pathlib.Path):
        commands, self.commands = os.pipe()
        self.answers, answers = os.pipe()
        shell = f'exec "$@" 3<&{commands} 4>&{answers}'
        arguments = [chromium(), "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                     "--no-first-run", "--hide-scrollbars", "--disable-background-networking", "--disable-component-update",
                     "--remote-debugging-pipe", f"--user-data-dir={profile}"]
        self.process = subprocess.Popen(["bash", "-c", shell, "bash", *arguments], pass_fds=[commands, answers],
                                        stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        os.close(commands)
        os.close(answers)
        self.buffer = b""
        self.sent = 0
        self.events = []
        target = self.call("Target.createTarget", url="about:blank", session=None)["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True, session=None)["sessionId"]
        for domain in ["Page", "Network", "Log", "Runtime"]:
            self.call(f"{domain}.enable")

    def message(self) -> dict:
        while b"\0" not in self.buffer:
            piece = os.read(self.answers, 1 << 20)
            if not piece:
                sys.exit("chromium ended unasked")
            self.buffer += piece
        text, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(text)

    def call(self, method: str, session="own", **parameters):
        self.sent += 1
        request = {"id": self.sent, "method": method, "params": parameters}
        if session == "own":
            request["sessionId"] = self.session
        os.write(self.commands, json.dumps(request).encode() + b"\0")
        while True:
            message = self.message()
            if message.get("id") == self.sent:
                if "error" in message:
                    sys.exit(f"{method}: {message['error']}")
                return message["result"]
            self.events.append(message)

    def open(self, page: pathlib.Path):
        self.events = []
        self.call("Page.navigate", url=page.as_uri())
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self.message())

    def look(self, width: int, dark: bool = False, height: int = 900):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    def ask(self, script: str):
        return self.call("Runtime.evaluate", expression=script, returnByValue=True)["result"].get("value")

    def picture(self, path: pathlib.Path, whole: bool = True):
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(shot["data"]))

    def pdf(self) -> bytes:
        return base64.b64decode(self.call("Page.printToPDF", printBackground=True, preferCSSPageSize=True)["data"])

    def close(self):
        self.call("Browser.close", session=None)
        self.process.wait(timeout=30)


def program() -> str:
    subprocess.run(["cargo", "build", "--quiet", "--bin", "aws-dx-monitor"], cwd=ROOT, check=True)
    target = json.loads(subprocess.check_output(["cargo", "metadata", "--no-deps", "--format-version=1"], cwd=ROOT))
    return str(pathlib.Path(target["target_directory"]) / "debug" / "aws-dx-monitor")


def report(binary: str, database: pathlib.Path, page: pathlib.Path) -> dict:
    page.write_bytes(subprocess.check_output([binary, "report", "--db", database, "--output", "html"]))
    return json.loads(subprocess.check_output([binary, "report", "--db", database, "--output", "json"]))


def make_hostile(database: pathlib.Path):
    """Every name, and the words of one item's history, are an attack."""
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE states SET name = ?1, details = json_set(details, '$.name', ?1, '$.location', ?1)", [HOSTILE])
        connection.execute("UPDATE history SET event = json_set(event, '$.state.value', ?1) WHERE event -> '$.state.level' = '99'", [HOSTILE])
    connection.close()


class Checks:
    def __init__(self):
        self.failed = 0

    def that(self, claim: str, holds, found=""):
        print(f"{'ok    ' if holds else 'FAILED'} {claim}{'' if holds else f': {found}'}")
        self.failed += not holds


def check_page(checks: Checks, browser: Browser, page: pathlib.Path, document: dict, label: str):
    stands_alone(checks, browser, page, label)
    checks.that(f"{label}: nobody changed the title", "owned" not in browser.ask("document.title"), browser.ask("document.title"))
    articles = browser.ask("document.querySelectorAll('article[id]').length")
    checks.that(f"{label}: every item has its place", articles == len(document["items"]), articles)
    for width in WIDTHS:
        fits(checks, browser, label, width)
        small = browser.ask("Math.min(...[...document.querySelectorAll('svg.timeline')].map(s => s.getBoundingClientRect().width))")
        checks.that(f"{label}: timelines fill the page at {width} px", small > width * 0.6, small)


def check_story(checks: Checks, browser: Browser, page: pathlib.Path, document: dict):
    browser.open(page)
    browser.look(1280)
    entry = next(item for item in document["items"] if item["item"]["id"] == "dxcon-ffx3v7tc")
    outage, window = entry["outages"][0], document["window"]
    checks.that("the demo's outage lasted twelve minutes", outage["countedMilliseconds"] == 720_000, outage)
    bars = browser.ask("""[...[...document.querySelectorAll('article')].find(a => a.textContent.includes('dxcon-ffx3v7tc'))
        .querySelectorAll('rect.down')].map(r => ({left: r.getBBox().x, width: r.getBBox().width, fill: getComputedStyle(r).fill,
        whole: r.ownerSVGElement.getBoundingClientRect().width, text: r.textContent}))""")
    checks.that("it is one bar", len(bars) == 1, bars)
    bar = bars[0]
    part = 720_000 / window["milliseconds"]
    checks.that("the bar is as wide as the outage was long", abs(bar["width"] / bar["whole"] - part) < 0.002, bar)
    checks.that("it has a pattern besides its colour", "url(" in bar["fill"], bar["fill"])
    checks.that("it says its times", "12m" in bar["text"] and outage["startedAt"][:10] in bar["text"], bar["text"])
    checks.that("its evidence is in the table", browser.ask("document.body.textContent").count(outage["startEventId"]) == 1)
    checks.that("a language, and headers of columns and rows", browser.ask(
        "document.documentElement.lang === 'en' && document.querySelectorAll('thead th[scope=col]').length > 8"
        " && [...document.querySelectorAll('tbody tr')].every(row => row.querySelector('th[scope=row]'))"))
    ids = browser.ask("(() => { const ids = [...document.querySelectorAll('[id]')].map(e => e.id); return ids.length - new Set(ids).size })()")
    checks.that("no id twice", ids == 0, ids)
    light = browser.ask("getComputedStyle(document.body).backgroundColor")
    browser.look(1280, dark=True)
    checks.that("dark where dark is preferred", browser.ask("getComputedStyle(document.body).backgroundColor") != light)
    for dark in [False, True]:
        browser.look(1280, dark)
        poor = browser.ask(CONTRAST)
        checks.that(f"contrast of text is AA in {'dark' if dark else 'light'} mode", not poor, poor)


# The ratio that WCAG defines, for every element with text of its own; all lie on backgrounds without transparency. What stands
# on a shape of the same drawing is left out, since its background is no element's.
CONTRAST = """(() => {
  const channels = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(c => c / 255).map(c => c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
  const ground = e => { for (; e; e = e.parentElement) { const c = channels(getComputedStyle(e).backgroundColor);
    if (c.length === 3 || c[3] === 1) return c; } return [255, 255, 255]; };
  return [...document.body.querySelectorAll('*')].filter(e => e.tagName !== 'title' && !e.closest('.mark, .badge-text') && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
    .map(e => { const style = getComputedStyle(e); const ink = channels(e.closest('svg') ? style.fill : style.color);
      const [a, b] = [light(ink), light(ground(e))].sort((x, y) => y - x); return [e.className?.baseVal ?? e.className, e.tagName, (a + .05) / (b + .05)]; })
    .filter(([, , ratio]) => ratio < 4.5).map(String).join('; ');
})()"""


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--pictures", type=pathlib.Path, help="where to keep screenshots and the PDF")
    pictures = arguments.parse_args().pictures
    if pictures:
        pictures.mkdir(parents=True, exist_ok=True)
    binary = program()
    checks = Checks()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        database, page, hostile_page = folder / "demo.db", folder / "report.html", folder / "hostile.html"
        subprocess.run([binary, "demo", "--db", database], check=True, stdout=subprocess.DEVNULL)
        document = report(binary, database, page)
        demo = map_page.copied(database, "demo-for-the-map.db")
        make_hostile(database)
        hostile = report(binary, database, hostile_page)
        browser = Browser(folder / "profile")
        check_page(checks, browser, page, document, "demo")
        check_story(checks, browser, page, document)
        check_page(checks, browser, hostile_page, hostile, "hostile")
        map_page.check(checks, browser, binary, demo, make_hostile, CONTRAST, pictures)
        report_page.check(checks, browser, binary, demo, pictures)
        resilience_page.check(checks, browser, binary, demo, make_hostile, CONTRAST, pictures)
        status_page.check(checks, browser, binary, demo, make_hostile, CONTRAST, pictures)
        browser.open(page)
        pdf = browser.pdf()
        checks.that("it prints to PDF", pdf.startswith(b"%PDF-") and pdf.count(b"/Type /Page\n") >= 1 and len(pdf) > 10_000, len(pdf))
        if pictures:
            (pictures / "report.pdf").write_bytes(pdf)
            for name, width, dark in [("wide", 1280, False), ("dark", 1280, True), ("narrow", 390, False)]:
                browser.look(width, dark)
                browser.picture(pictures / f"{name}.png")
            browser.look(1000, height=1480)
            browser.picture(pictures / "report.png", whole=False)
            browser.open(hostile_page)
            browser.look(390)
            browser.picture(pictures / "hostile.png", whole=False)
        browser.close()
    sys.exit(f"{checks.failed} checks failed" if checks.failed else 0)


if __name__ == "__main__":
    main()
