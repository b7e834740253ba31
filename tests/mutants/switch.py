#!/usr/bin/env python3
"""Puts every mutant into one program: switch.py LIST CRATE.

LIST is what `cargo mutants --list --json` prints in CRATE. Each function becomes a choice between itself and its mutants; the
environment variable MUTANT says which one is on, so the crate is built once and not once for each mutant. MUTANTS_SEEN names
a file to which the ids of those are written that could have been on. A program that is started without an environment asks
those that started it. Mutants that do not compile are taken out, and the crate is checked
again. What is in the crate is written to CRATE/mutants.json.
"""
import json, pathlib, subprocess, sys

ON = """//! Which mutant is on, and which could have been.
use std::io::Write;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};
fn asked(name: &str) -> Option<String> {
    let mut process = "self".to_owned();
    for _ in 0..4 {
        let all = std::fs::read(format!("/proc/{process}/environ")).unwrap_or_default();
        let all = String::from_utf8_lossy(&all).into_owned();
        if let Some(found) = all.split('\\0').find_map(|one| one.strip_prefix(name)) {
            return Some(found.to_owned());
        }
        let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        process = stat.rsplit(')').next()?.split(' ').nth(2)?.to_owned();
    }
    None
}
static ON: LazyLock<u32> = LazyLock::new(|| asked("MUTANT=").and_then(|id| id.parse().ok()).unwrap_or(0));
static SEEN: LazyLock<Option<(std::fs::File, Vec<AtomicBool>)>> = LazyLock::new(|| {
    let file = std::fs::OpenOptions::new().append(true).create(true).open(asked("MUTANTS_SEEN=")?).ok()?;
    Some((file, (0..1 << 14).map(|_| AtomicBool::new(false)).collect()))
});
pub fn on(id: u32) -> bool {
    if let Some((file, seen)) = &*SEEN && !seen[id as usize].swap(true, Ordering::Relaxed) {
        let _ = (&*file).write_all(format!("{id}\\n").as_bytes());
    }
    *ON == id
}
"""


def offset(lines, place):
    return lines[place["line"] - 1] + place["column"] - 1


def body(text, start):
    """The place of the brace that opens a function's body."""
    depth = 0
    for at in range(start, len(text)):
        if text[at] in "([":
            depth += 1
        elif text[at] in ")]":
            depth -= 1
        elif text[at] == "{" and depth == 0:
            return at
    raise ValueError(text[start:start + 80])


def switched(text, mutants):
    """The text with its mutants built in, and for each id its lines."""
    lines, total = [0], 0
    for line in text.split("\n"):
        total += len(line) + 1
        lines.append(total)
    spans = {(offset(lines, m["function"]["span"]["start"]), offset(lines, m["function"]["span"]["end"])) for m in mutants}
    outer = sorted(s for s in spans if not any(o != s and o[0] <= s[0] and s[1] <= o[1] for o in spans))
    out, last, where = [], 0, {}
    for start, end in outer:
        opening = body(text, start)
        out.append(text[last:start] + text[start:opening].replace("const fn", "fn") + "{")
        for m in mutants:
            a, b = offset(lines, m["span"]["start"]), offset(lines, m["span"]["end"])
            if not start <= a < end:
                continue
            first = "".join(out).count("\n") + 1
            changed = text[opening:a] + m["replacement"] + text[b:end] if opening < a else "{" + m["replacement"] + "}"
            out.append(f"\nif crate::mutant::on({m['id']}) {changed} else ")
            where[m["id"]] = (first + 1, "".join(out).count("\n") + 1)
        out.append("\n" + text[opening:end] + "}")
        last = end
    return "".join(out) + text[last:], where


def is_const(text, mutant):
    span = mutant["function"]["span"]
    lines = text.split("\n")[span["start"]["line"] - 1 : span["end"]["line"]]
    return any("const fn" in line for line in lines)


def main():
    crate = pathlib.Path(sys.argv[2])
    mutants = [m for m in json.load(open(sys.argv[1])) if m.get("function")]
    for number, m in enumerate(mutants, 1):
        m["id"] = number
    texts = {f: (crate / f).read_text() for f in {m["file"] for m in mutants}}
    (crate / "src/mutant.rs").write_text(ON)
    lib = crate / "src/lib.rs"
    if "mod mutant;" not in lib.read_text():
        lib.write_text(lib.read_text() + "\npub mod mutant;\n")
    while True:
        where = {}
        for f, text in texts.items():
            changed, lines = switched(text, [m for m in mutants if m["file"] == f])
            (crate / f).write_text(changed)
            where[f] = lines
        check = subprocess.run(["cargo", "check", "--lib", "--offline", "--message-format=json"], cwd=crate, stdout=subprocess.PIPE)
        bad, lost = set(), []
        for line in check.stdout.splitlines():
            message = json.loads(line).get("message") or {}
            if isinstance(message, dict) and message.get("level") == "error" and message["spans"]:
                if (message["code"] or {}).get("code") == "E0015":  # a constant needs a function that had to lose its `const`
                    bad |= {m["id"] for m in mutants if is_const(texts[m["file"]], m)}
                    continue
                found = {i for s in message["spans"] for i, (a, b) in where.get(s["file_name"], {}).items() if a <= s["line_start"] <= b}
                if (message["code"] or {}).get("code") == "E0004":  # a match that names all cases needs each of them; told one a check
                    arms = {(m["file"], m["function"]["span"]["start"]["line"]) for m in mutants if m["id"] in found}
                    same = [m for m in mutants if (m["file"], m["function"]["span"]["start"]["line"]) in arms]
                    found |= {m["id"] for m in same if "delete match arm" in m["name"]}
                bad |= found
                lost += [] if found else [message["rendered"]]
        if not bad:
            print("\n".join(lost))
            break
        mutants = [m for m in mutants if m["id"] not in bad]
        print(f"{len(bad)} do not compile, {len(mutants)} left", flush=True)
    json.dump(mutants, open(crate / "mutants.json", "w"), indent=1)


main()
