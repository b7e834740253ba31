#!/usr/bin/env python3
"""The worked questions of the guide: each is answered by queuestat, by DuckDB and by Polars, with the same figures.

    python3 tests/questions.py target/debug/queuestat

The commands and queries are those of `src/cli/guide/questions.md`, word for word; DuckDB and Polars read the exported Parquet file.
"""

import csv
import io
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

import duckdb
import polars  # The guide's answers with Polars use it by name.

ROOT = pathlib.Path(__file__).resolve().parent.parent


def blocks():
    """The code blocks of the section, by language."""
    text = (ROOT / "src/cli/guide/questions.md").read_text()
    section = text.split("\n## Worked questions", 1)[1].split("\n## ", 1)[0]
    return re.findall(r"```(\w+)\n(.*?)```", section, re.S)


def same(rows, other, of):
    """Refuses answers that differ."""
    def key(row):
        return tuple("" if value is None else str(value) for value in row[:-1])

    mine = {key(row): row[-1] for row in rows}
    theirs = {key(row): row[-1] for row in other}
    assert len(mine) > 2, f"{of}: only {len(mine)} rows"
    assert mine.keys() == theirs.keys(), f"{of}: {sorted(mine.keys() ^ theirs.keys())}"
    for name, value in mine.items():
        expected = theirs[name]
        if value is None or expected is None:
            assert value is expected, f"{of}: {name}: {value}, {expected}"
        else:
            assert abs(value - expected) < 0.006 * max(1, abs(value)) / 100 or abs(value - expected) < 6e-3 and value > 10, \
                f"{of}: {name}: {value}, {expected}"
    return len(mine)


def main():
    binary = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as work:
        def run(command):
            words = shlex.split(command)
            assert words[0] == "queuestat"
            words = [str(ROOT / "data") if word == "data" else word for word in words]
            found = subprocess.run([binary, *words[1:]], cwd=work, capture_output=True, text=True)
            assert found.returncode in (0, 3), found.stderr
            return found.stdout

        asked = None
        compared = 0
        for language, code in blocks():
            if language == "sh":
                for line in code.strip().splitlines():
                    out = run(line)
                    if " ask " in line:
                        lines = list(csv.DictReader(io.StringIO(out)))
                        by = re.search(r"--by (\S+)", line).group(1).split(",")
                        measure = re.search(r"--measure (\S+)", line).group(1)
                        asked = [(*[row[name] for name in by], float(row[measure]) if row[measure] else None) for row in lines]
            elif language == "sql":
                database = duckdb.connect()
                database.execute(f"SET file_search_path = '{work}'")
                compared += same(asked, database.execute(code).fetchall(), "DuckDB")
            elif language == "python":
                code = code.replace('"tickets.parquet"', repr(f"{work}/tickets.parquet"))
                names = {"pl": polars}
                exec(code, names)  # Our own guide.
                compared += same(asked, names["answer"].rows(), "Polars")
        assert compared > 20, compared
        print(f"{compared} figures are the same")


main()
