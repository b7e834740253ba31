#!/usr/bin/env python3
"""What the program is made of: a bill of materials (CycloneDX 1.5, JSON), and the licences of all its parts.

    python3 packaging/sbom.py FOLDER [TARGET]

Writes `queuestat.cdx.json` and `THIRD-PARTY.txt` into the folder. All comes from `Cargo.lock` and the sources that cargo has; the
same commit gives the same bytes. TARGET is the platform, `x86_64-unknown-linux-gnu` for example; without it, that of this machine.
Parts that only the build uses are marked `excluded`; what only tests use is left out.
"""

import json
import pathlib
import re
import subprocess
import sys
import tomllib
import uuid

ROOT = pathlib.Path(__file__).resolve().parent.parent
# As they are named by those who publish them: LICENSE-MIT, COPYING, license.md, NOTICE, UNLICENSE, and folders LICENSES.
LICENCE = re.compile(r"(?i)^(un)?licen[sc]e|^copying|^notice|^copyright")


def said(*command):
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def materials(target):
    """The packages by id, those of the program, those of the build alone, and who uses whom."""
    whole = json.loads(said("cargo", "metadata", "--locked", "--format-version", "1", "--filter-platform", target))
    packages = {package["id"]: package for package in whole["packages"]}
    nodes = {node["id"]: node for node in whole["resolve"]["nodes"]}
    root = whole["resolve"]["root"]
    # The list above has some packages that no feature asks for; this one has not.
    tree = said("cargo", "tree", "--locked", "--edges", "no-dev", "--target", target, "--prefix", "none")
    asked_for = {tuple(line.split()[:2]) for line in tree.splitlines()}

    def is_macro(name):
        return any("proc-macro" in part["kind"] for part in packages[name]["targets"])

    # Whether a package is in the program (True), or was used to build it (False).
    reached, used = {}, {}
    waiting = [(root, True)]
    while waiting:
        name, is_part = waiting.pop()
        if reached.get(name) or reached.get(name) == is_part:
            continue
        reached[name] = is_part
        for other in nodes[name]["deps"]:
            package = packages[other["pkg"]]
            if (package["name"], f"v{package['version']}") not in asked_for:
                continue
            for kind in {kind["kind"] for kind in other["dep_kinds"]} - {"dev"}:
                used.setdefault(name, set()).add(other["pkg"])
                waiting.append((other["pkg"], is_part and kind is None and not is_macro(other["pkg"])))
    return packages, reached, used, root


def licence(package):
    """The licence as an expression of SPDX; old ones have a stroke for `OR`."""
    assert package["license"], f"{package['name']} names no licence"
    return re.sub(r"\s*/\s*", " OR ", package["license"])


def purl(package):
    return f"pkg:cargo/{package['name']}@{package['version']}"


def component(package, is_part, checksums):
    found = {
        "type": "library",
        "bom-ref": purl(package),
        "name": package["name"],
        "version": package["version"],
        "scope": "required" if is_part else "excluded",
        "hashes": [{"alg": "SHA-256", "content": checksums[package["name"], package["version"]]}],
        "licenses": [{"expression": licence(package)}],
        "purl": purl(package),
    }
    if package["description"]:
        found["description"] = " ".join(package["description"].split())
    if (package["repository"] or "").startswith("https://"):
        found["externalReferences"] = [{"type": "vcs", "url": package["repository"]}]
    return found


def bill(target):
    """The bill of materials, and its packages in order."""
    packages, reached, used, root = materials(target)
    lock = tomllib.loads((ROOT / "Cargo.lock").read_text())
    checksums = {(part["name"], part["version"]): part.get("checksum") for part in lock["package"]}
    parts = sorted((name for name in reached if name != root), key=lambda name: purl(packages[name]))
    main = packages[root]
    program = {"type": "application", "bom-ref": purl(main), "name": main["name"], "version": main["version"]}
    program |= {"description": main["description"], "licenses": [{"expression": licence(main)}], "purl": purl(main)}
    depends = [
        {"ref": purl(packages[name]), "dependsOn": sorted(purl(packages[other]) for other in used.get(name, []))}
        for name in [root, *parts]
    ]
    found = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": program, "properties": [{"name": "cargo:target", "value": target}]},
        "components": [component(packages[name], reached[name], checksums) for name in parts],
        "dependencies": depends,
    }
    # A number of its own that follows from what is in it.
    number = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(found, sort_keys=True))
    return {"serialNumber": f"urn:uuid:{number}", **found}, [packages[name] for name in parts if reached[name]]


def licences(parts):
    """The texts under which the parts of the program may be passed on; a text that several have stands once."""
    texts, bare = {}, []
    for package in parts:
        folder = pathlib.Path(package["manifest_path"]).parent
        files = [path for path in sorted(folder.rglob("*")) if path.is_file() and len(path.relative_to(folder).parts) <= 2]
        files = [path for path in files if LICENCE.match(path.relative_to(folder).parts[0]) and path.suffix != ".rs"]
        name = f"{package['name']} {package['version']} ({licence(package)})"
        if not files:
            bare.append(name)
        for path in files:
            text = path.read_text(errors="replace").replace("\r\n", "\n").strip()
            texts.setdefault(text, []).append(name)
    out = ["queuestat is made with the packages below. Each is named above the texts that it comes with.\n"]
    for text, names in sorted(texts.items(), key=lambda item: item[1]):
        out.append("\n".join(["=" * 100, *dict.fromkeys(names), "=" * 100, "", text, ""]))
    if bare:
        out.append("\n".join(["=" * 100, "These come without a text, under the licences they name:", *bare, ""]))
    return "\n".join(out)


def main():
    folder = pathlib.Path(sys.argv[1])
    host = re.search(r"host: (.*)", said("rustc", "-vV"))[1]
    found, parts = bill(sys.argv[2] if len(sys.argv) > 2 else host)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "queuestat.cdx.json").write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    (folder / "THIRD-PARTY.txt").write_text(licences(parts))


if __name__ == "__main__":
    main()
