#!/usr/bin/env python3
"""The bill of materials against what cargo truly builds, and against Cargo.lock.

    python3 tests/package/sbom.py

A build of the program is asked what it consists of; after `cargo build` that takes a moment.
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def built():
    """Name and version of every package that a build of the program compiles."""
    command = ["cargo", "build", "--locked", "--message-format", "json"]
    told = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    artifacts = [json.loads(line) for line in told.splitlines()]
    found = set()
    for artifact in artifacts:
        if artifact["reason"] == "compiler-artifact" and artifact["package_id"].startswith("registry+"):
            name, version = artifact["package_id"].rsplit("#", 1)[1].rsplit("@", 1)
            found.add((name, version))
    return found


def main():
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        for name in ["one", "two"]:
            subprocess.run([sys.executable, ROOT / "packaging/sbom.py", work / name], check=True)
        for name in ["queuestat.cdx.json", "THIRD-PARTY.txt"]:
            assert (work / "one" / name).read_bytes() == (work / "two" / name).read_bytes(), f"{name} differs"
        bill = json.loads((work / "one/queuestat.cdx.json").read_text())
        texts = (work / "one/THIRD-PARTY.txt").read_text()

    parts = {(part["name"], part["version"]): part for part in bill["components"]}
    assert len(parts) == len(bill["components"]) > 100
    compiled = built()
    assert parts.keys() == compiled, f"not in both: {sorted(parts.keys() ^ compiled)}"

    lock = tomllib.loads((ROOT / "Cargo.lock").read_text())
    checksums = {(part["name"], part["version"]): part.get("checksum") for part in lock["package"]}
    for name, part in parts.items():
        assert part["hashes"][0]["content"] == checksums[name], name
        assert part["licenses"][0]["expression"], name
        if part["scope"] == "required":
            assert f"{name[0]} {name[1]} (" in texts, f"THIRD-PARTY.txt does not name {name}"
    for name in ["serde_derive", "cc"]:
        assert {part["scope"] for (other, _), part in parts.items() if other == name} == {"excluded"}, name
    for name in ["polars-core", "zstd-sys", "clap"]:
        assert {part["scope"] for (other, _), part in parts.items() if other == name} == {"required"}, name

    known = {part["bom-ref"] for part in bill["components"]} | {bill["metadata"]["component"]["bom-ref"]}
    for entry in bill["dependencies"]:
        assert entry["ref"] in known and known.issuperset(entry["dependsOn"]), entry
    assert {entry["ref"] for entry in bill["dependencies"]} == known
    print(f"bill of materials: {len(parts)} packages, those of the build")


if __name__ == "__main__":
    main()
