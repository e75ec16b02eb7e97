"""What every page of the tool is held to, whatever it shows."""

import pathlib
import time


def stands_alone(checks, browser, page: pathlib.Path, label: str):
    """Opens a page, which must load nothing, run nothing and give the browser no complaint."""
    browser.open(page)
    requests = [event["params"]["request"]["url"] for event in browser.events if event.get("method") == "Network.requestWillBeSent"]
    checks.that(f"{label}: the page asks for nothing but itself", requests == [page.as_uri()], requests)
    complaints = [event["params"] for event in browser.events if event.get("method") in ("Log.entryAdded", "Runtime.exceptionThrown")]
    checks.that(f"{label}: the browser has nothing to complain of", not complaints, complaints)
    checks.that(f"{label}: no script, no image, no frame", browser.ask(
        "document.querySelectorAll('script, img, iframe, object, embed, link, [onerror], [onload]').length") == 0)


def fits(checks, browser, label: str, width: int):
    """Looks at the open page at this width, at which nothing may scroll sideways."""
    browser.look(width)
    overflow = browser.ask("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    checks.that(f"{label}: no horizontal scroll at {width} px", overflow == 0, f"{overflow} px too wide")


def reads_and_prints(checks, browser, contrast: str, label: str):
    """The open page has enough contrast in both modes, and prints."""
    for dark in [False, True]:
        browser.look(1400, dark)
        poor = browser.ask(contrast)
        checks.that(f"{label}: contrast of text is AA in {'dark' if dark else 'light'} mode", not poor, poor)
    pdf = browser.pdf()
    checks.that(f"{label}: it prints to PDF", pdf.startswith(b"%PDF-") and len(pdf) > 10_000, len(pdf))


def picture_each(browser, pages: dict, folder: pathlib.Path, is_whole):
    """Keeps a picture of each page in each form; `is_whole` says, by name and form, whether it is of the whole page."""
    for name, page in pages.items():
        browser.open(page)
        for form, width, dark in [("wide", 1400, False), ("dark", 1400, True), ("narrow", 360, False)]:
            browser.look(width, dark)
            browser.picture(folder / f"{name}-{form}.png", whole=is_whole(name, form))


def is_small_and_opens(checks, browser, page: pathlib.Path, label: str):
    """Opens a large page, which must be under 5 MB. How long that takes is the machine's matter: it is shown, and holds nothing up."""
    size = page.stat().st_size
    checks.that(f"{label}: less than 5 MB", size < 5_000_000, size)
    start = time.monotonic()
    browser.open(page)
    browser.ask("document.body.getBoundingClientRect().height")
    print(f"{label}: open in {time.monotonic() - start:.1f} s")
