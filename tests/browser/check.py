#!/usr/bin/env python3
"""Checks the pages of reports in a real browser (headless Chromium): with names that are as nasty as they come, at three widths, light
and dark, also with axe-core if it is given.

    python3 tests/browser/check.py target/debug/queuestat [--axe axe.min.js] [--locations 200] [--keep FOLDER]

An overview and a page of a location are also printed on A4. Needs chromium in PATH and nothing else; what printed pages say is
read with pdftotext (poppler-utils) or pypdf, if one of them is there. Prints what is wrong; exit code 1 if anything is.
"""

import argparse
import html
import html.parser
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
NASTY = [
    "x" * 80,
    "Kundcenter " * 7,
    "مركز خدمة العملاء في مدينة الرياض الجديدة",
    "商店服务中心北京市朝阳区建国路甲九十二号世茂大厦",
    "カスタマーサービスセンター東京都渋谷区",
    "\U0001f9d1‍\U0001f680 Raumstation \U0001f6f0️",
    "<script>alert(1)</script>",
    "\" onload=\"x\" style='y' ]]> &amp;",
    "=HYPERLINK(\"http://x\")",
    "חנות תל אביב (מרכז)",
    "Ωδείο Αθηνών – είσοδος",
    "a‮b",
]
LARGEST = {"overview": 1_500_000, "location": 350_000}
# Most pages of paper, of archives with every figure.
MOST_PRINTED = {"overview": 14, "location": 10}


def archive(binary, folder, locations, tickets, days):
    """An invented archive in which the locations have nasty names."""
    change = ["--change", "1:wait:1.6:2021-04-05"] if days > 100 else []
    subprocess.run(
        [binary, "synth", "--out", folder, "--tickets", str(tickets), "--locations", str(locations), "--days", str(days),
         "--first-day", "2021-01-04", "--compression", "plain", *change],
        check=True, capture_output=True)
    names = {}

    def renamed(found):
        name = found.group(1)
        at = names.setdefault(name, len(names))
        nasty = NASTY[at % len(NASTY)] + ("" if at < len(NASTY) else f" {at}")
        return b'"location":' + json.dumps(nasty).encode()

    for path in pathlib.Path(folder).rglob("*.jsonl"):
        path.write_bytes(re.sub(rb'"location":"((?:[^"\\]|\\.)*)"', renamed, path.read_bytes()))


class Elements(html.parser.HTMLParser):
    """Elements and attributes that no page may have. A name that looks like one is text, and is fine."""

    def __init__(self):
        super().__init__()
        self.bad = set()

    def handle_starttag(self, tag, attrs):
        if tag == "script":
            self.bad.add("<script>")
        for name, value in attrs:
            if name == "style" or name.startswith("on"):
                self.bad.add(f"attribute {name}")
            if (value or "").strip().lower().startswith("javascript:"):
                self.bad.add("javascript:")


def static(path, text):
    """What can be told without a browser."""
    wrong = []
    kind = "location" if path.parent.name == "locations" else "overview"
    if len(text.encode()) > LARGEST[kind]:
        wrong.append(f"{len(text.encode())} bytes")
    for found in re.findall(r'(?:src|href|action|data|poster|srcset)="([^"]*)"|url\(([^)]*)\)|@import', text):
        target = "".join(found)
        if re.match(r"(?i)[a-z]+:|//", target):
            wrong.append(f"asks for {html.unescape(target)[:80]}")
    parser = Elements()
    parser.feed(text)
    # A mail has its styles inline: its readers drop others.
    allowed = {"attribute style"} if path.name == "digest.html" else set()
    wrong.extend(f"has {bad}" for bad in sorted(parser.bad - allowed))
    return [f"{path}: {one}" for one in wrong]


def browse(pages, width, dark, axe, work):
    """Runs the checks in Chromium; returns what is wrong."""
    harness = work / f"harness-{width}-{dark}.html"
    script = (HERE / "check.js").read_text()
    source = json.dumps(axe).replace("</", "<\\/") if axe else "null"
    calls = f"run({json.dumps([str(page) for page in pages])}, {width}, {source})"
    harness.write_text(f"<!DOCTYPE html><meta charset=utf-8><body><script>{script}\n{calls}</script>")
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files",
               "--virtual-time-budget=100000000", f"--window-size={max(width, 600)},900", "--dump-dom"]
    if dark:
        command.append("--blink-settings=preferredColorScheme=0")
    ran = subprocess.run([*command, f"file://{harness}"], capture_output=True, text=True, timeout=1500)
    found = re.search(r'<pre id="result">(.*?)</pre>', ran.stdout, re.S)
    if not found:
        return [f"the browser gave no result at {width}: {ran.stderr[-500:]}"]
    result = json.loads(html.unescape(found.group(1)))
    assert result["pages"] == len(pages)
    return [("dark: " if dark else "") + text for text in result["wrong"]]


def text_of(pdf):
    """The text of a printed page; nothing without a program that reads it."""
    if shutil.which("pdftotext"):
        return subprocess.run(["pdftotext", "-raw", pdf, "-"], check=True, capture_output=True, text=True).stdout
    try:
        import pypdf
    except ImportError:
        return None
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(pdf).pages)


def tables(text):
    """The tables under the charts of a page as rows of cells, those that are printed and those that are not."""
    printed, left_out = [], []
    for kind, table in re.findall(r'</figcaption><details(?: class="([^"]*)")?>.*?(<table>.*?</table>)', text, re.S):
        rows = re.findall(r"<tr>(.*?)</tr>", table, re.S)
        cells = [[html.unescape(re.sub(r"<[^>]*>", "", cell)) for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.S)] for row in rows]
        (left_out if "off" in kind.split() else printed).append((kind, cells))
    return printed, left_out


def on_paper(page, work):
    """Prints a page on A4 and returns what is wrong, and how many pages it has."""
    kind = "location" if page.parent.name == "locations" else "overview"
    pdf = work / f"printed-{kind}.pdf"
    pdf.unlink(missing_ok=True)
    subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", f"--print-to-pdf={pdf}", f"file://{page}"],
        capture_output=True, timeout=300)
    if not pdf.exists():
        return [f"{page}: not printed"], 0
    # Each page is an object of its own, and Chromium does not compress objects.
    n = len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf.read_bytes()))
    wrong = []
    if not 1 <= n <= MOST_PRINTED[kind]:
        wrong.append(f"{n} pages of paper")
    text = text_of(pdf)
    if text is None:
        print("neither pdftotext nor pypdf is there: the text of printed pages is not checked")
        return [f"{page}: {one}" for one in wrong], n
    words = " ".join(text.split())
    # Definitions stand in a fold that is closed on screens.
    for part in ["How each number is defined", "One visit: all archived webhooks", "Not known, because there is nothing to count"]:
        if part not in words:
            wrong.append(f"not on paper: {part}")
    printed, left_out = tables(page.read_text())
    if len(printed) < 5 or not left_out:
        wrong.append(f"{len(printed)} tables are printed and {len(left_out)} left out")
    for table_kind, rows in printed:
        # Of weeks the limits are not printed. Long words and names are broken, so only rows of numbers are looked for.
        for row in rows[1:]:
            cells = [*row[:3], *row[5:6]] if "k3" in table_kind.split() else row
            line = " ".join(" ".join(cells).split())
            if re.fullmatch(r"[\d.,: %–-]+( yes| no)?", line) and line not in words:
                wrong.append(f"not on paper: {line}")
    for _, rows in left_out:
        dates = [row[0] for row in rows[1:] if re.fullmatch(r"\d{4}-\d\d-\d\d", row[0])]
        if dates and all(date in words for date in dates):
            wrong.append("a long table is printed")
    return [f"{page}: {one}" for one in wrong], n


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--axe", help="axe.min.js")
    parser.add_argument("--locations", type=int, default=200)
    parser.add_argument("--keep", help="folder for archives and reports")
    args = parser.parse_args()
    binary = str(pathlib.Path(args.binary).resolve())
    axe = pathlib.Path(args.axe).read_text() if args.axe else None
    with tempfile.TemporaryDirectory() as temporary:
        work = pathlib.Path(args.keep or temporary)
        work.mkdir(exist_ok=True)
        pages = []
        wrong = []
        for name, locations, tickets, days in [
            ("many", args.locations, args.locations * 150, 130),
            ("few", 3, 900, 200),
            ("day", 1, 40, 1),
            ("years", 1, 4000, 1000),
        ]:
            folder = work / name
            if not folder.exists():
                archive(binary, str(folder), locations, tickets, days)
            out = work / f"report-{name}"
            shutil.rmtree(out, ignore_errors=True)
            ran = subprocess.run([binary, "report", folder, "--out", out, "--as-of", "2024-01-01T00:00:00Z", "--quiet"], capture_output=True, text=True)
            if ran.returncode not in (0, 3):
                print(ran.stderr)
                return 1
            for path in sorted(out.rglob("*.html")):
                if path.name == "digest.html":
                    continue
                text = path.read_text()
                wrong += static(path, text)
                # Scripts of the check are not allowed on a page; a copy lets them in, and has all folds open to be seen.
                copy = re.sub(r'<meta http-equiv="(?:Content-Security-Policy|refresh)"[^>]*>', "", text)
                path.write_text(copy)
                pages.append(path)
        print(f"{len(pages)} pages")
        for width in (390, 768, 1200):
            for dark in (False, True):
                found = browse(pages, width, dark, None, work)
                # axe is slow: it looks at every third page, light on a phone and dark on a desk.
                if axe and (width, dark) in ((390, False), (1200, True)):
                    found += browse(pages[::3], width, dark, axe, work)
                print(f"{width} px, {'dark' if dark else 'light'}: {len(found)} wrong")
                wrong += found
        overview = next(page for page in pages if page.name == "index.html" and "report-many" in str(page) and (page.parent / "locations").exists())
        # Of the locations the one that has most to print, of several the first by name.
        places = sorted((overview.parent / "locations").glob("*.html"))
        for page in (overview, max(places, key=lambda page: page.stat().st_size)):
            found, n = on_paper(page, work)
            print(f"{page.name}: {n} pages of paper, {len(found)} wrong")
            wrong += found
        for text in wrong[:200]:
            print(text)
        print(f"{len(pages)} pages, {len(wrong)} wrong")
        return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
