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


def is_small_and_opens(checks, browser, page: pathlib.Path, label: str):
    """Opens a large page, which must be under 5 MB. How long that takes is the machine's matter: it is shown, and holds nothing up."""
    size = page.stat().st_size
    checks.that(f"{label}: less than 5 MB", size < 5_000_000, size)
    start = time.monotonic()
    browser.open(page)
    browser.ask("document.body.getBoundingClientRect().height")
    print(f"{label}: open in {time.monotonic() - start:.1f} s")
