//! The committed sample report is what the program makes of `data/`, byte for byte.

use crate::workspace::{AS_OF, Workspace, files, root};

#[test]
fn the_sample_report_is_reproduced() {
    let space = Workspace::new();
    let data = root().join("data");
    let run = space.report(data.to_str().unwrap(), &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let made = space.published();
    let kept = files(&root().join("reports/sample"));
    let accept = format!(
        "if the change is meant: cargo run -- report data --out reports/today --as-of {AS_OF}, \
         then copy the files of reports/sample from there"
    );
    for (name, bytes) in &kept {
        assert!(made.get(name) == Some(bytes), "reports/sample/{name} differs; {accept}");
    }
    let csv = |name: &&String| name.ends_with(".csv");
    assert_eq!(kept.keys().filter(csv).count(), made.keys().filter(csv).count(), "{accept}");
    assert_eq!(kept.keys().filter(|name| name.ends_with(".svg")).count(), 2);
}

/// The gallery is what somebody has looked at. A renderer of a later version may round a pixel otherwise, so pictures are compared
/// by how far their pixels are apart on average, of 255; a line that moved or a label that changed is farther.
#[test]
fn charts_look_as_they_did_when_they_were_looked_at() {
    let space = Workspace::new();
    let data = root().join("data");
    let run = space.report(data.to_str().unwrap(), &["--png"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let made = space.published();
    let gallery = files(&root().join("reports/gallery"));
    assert!(gallery.len() >= 10, "{:?}", gallery.keys());
    for (name, kept) in &gallery {
        let (_, bytes) = made
            .iter()
            .find(|(path, _)| {
                path.starts_with("nordhem") && path.ends_with(&format!("/charts/{name}"))
            })
            .unwrap_or_else(|| panic!("no chart {name}"));
        let apart = distance(kept, bytes);
        assert!(
            apart < 0.3,
            "reports/gallery/{name} is {apart:.2} away; look at both, then copy the new one"
        );
    }
    // The measure tells charts apart.
    let (a, b) = (&gallery["hours-arrivals.png"], &gallery["hours-waits.png"]);
    assert!(distance(a, b) > 1.0);
}

/// The mean distance of the bytes of two pictures, 0 to 255; 255 if they are not of the same size.
fn distance(a: &[u8], b: &[u8]) -> f64 {
    let pixels = |png: &[u8]| resvg::tiny_skia::Pixmap::decode_png(png).unwrap();
    let (a, b) = (pixels(a), pixels(b));
    if (a.width(), a.height()) != (b.width(), b.height()) {
        return 255.0;
    }
    let sum: u64 = a.data().iter().zip(b.data()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    #[expect(clippy::cast_precision_loss, reason = "bytes of a picture")]
    let mean = sum as f64 / a.data().len() as f64;
    mean
}

#[test]
fn two_runs_and_any_number_of_threads_give_the_same_bytes() {
    let data = root().join("data");
    let published = |threads: &str| {
        let space = Workspace::new();
        let run = space.report(data.to_str().unwrap(), &["--threads", threads]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        space.published()
    };
    let one = published("1");
    assert!(one.len() > 100);
    assert!(one == published("8"));
    assert!(one == published("8"));
}

#[test]
fn compression_changes_sizes_and_names_only() {
    use std::io::Write;
    let plain = Workspace::new();
    assert_eq!(
        plain.run(&["synth", "--out", "in", "--tickets", "300", "--compression", "plain"]).code,
        0
    );
    let packed = Workspace::new();
    for (at, (name, bytes)) in files(&plain.path("in")).into_iter().enumerate() {
        if name == "queuestat.toml" {
            packed.write("in/queuestat.toml", bytes);
        } else if at % 2 == 0 {
            let mut encoder =
                flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(&bytes).unwrap();
            packed.write(&format!("in/{name}.gz"), encoder.finish().unwrap());
        } else {
            // Content decides, so a misleading name is no matter.
            packed.write(&format!("in/{name}.zst"), zstd::encode_all(bytes.as_slice(), 1).unwrap());
        }
    }
    for space in [&plain, &packed] {
        let run = space.report("in", &["--only", "csv"]);
        assert_eq!(run.code, 0, "{}", run.stderr);
    }
    let (a, b) = (plain.published(), packed.published());
    assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>());
    for (name, bytes) in &a {
        assert!(name.ends_with("files.csv") || b.get(name) == Some(bytes), "{name}");
    }
}

#[test]
fn a_large_file_is_read_by_all_threads_to_the_same_end() {
    let space = Workspace::new();
    let synth =
        ["synth", "--out", "in", "--tickets", "2500", "--one-file", "--compression", "plain"];
    assert_eq!(space.run(&[&synth[..], &["--line-bytes", "900"]].concat()).code, 0);
    let path = space.path("in/archive.jsonl");
    let mut bytes = std::fs::read(&path).unwrap();
    assert!(bytes.len() > 8 << 20);
    // A long line, repeated lines far apart, a broken line and a torn tail.
    let head = bytes[..3 << 20].to_vec();
    bytes.extend_from_slice(b"\nno json\n");
    bytes.extend(std::iter::repeat_n(b'x', 5 << 20));
    bytes.push(b'\n');
    bytes.extend_from_slice(&head);
    std::fs::write(&path, bytes).unwrap();
    let mut seen = Vec::new();
    for threads in ["1", "2", "5"] {
        let run = space.report("in", &["--only", "csv", "--threads", threads, "--force"]);
        assert!(run.stderr.contains("longer than 1 MiB"), "{}", run.stderr);
        seen.push(space.published());
    }
    assert!(seen[0] == seen[1] && seen[1] == seen[2]);
    // Compressed, one thread decompresses while the others decode.
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, zstd::encode_all(bytes.as_slice(), 1).unwrap()).unwrap();
    for threads in ["1", "4"] {
        let run = space.report("in", &["--only", "csv", "--threads", threads, "--force"]);
        assert!(run.stderr.contains("longer than 1 MiB"), "{}", run.stderr);
        for (name, bytes) in space.published() {
            assert!(name.ends_with("files.csv") || seen[0][&name] == bytes, "{threads} {name}");
        }
    }
    let quality = String::from_utf8(
        seen[0].iter().find(|(n, _)| n.ends_with("data_quality.csv")).unwrap().1.clone(),
    )
    .unwrap();
    assert!(quality.contains("\"duplicate\",\"\",3"), "{quality}");
}
