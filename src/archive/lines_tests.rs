//! Lines against a naive split; compressed files cut, joined, padded and blown up.

use std::io::{Read, Write};
use std::path::Path;

use proptest::prelude::*;

use super::super::discover::Place;
use super::super::source::{Compression, End};
use super::*;

fn candidate(path: &Path) -> Candidate {
    Candidate {
        name: path.file_name().unwrap().to_string_lossy().into_owned(),
        place: Place::File(path.to_owned()),
        bytes: 0,
        modified_ms: None,
    }
}

/// Offset, text, whether terminated, too long, with mark.
type Seen = Vec<(u64, Vec<u8>, bool, bool, bool)>;

fn read_with(bytes: &[u8], block: usize, limits: Limits) -> (Seen, Ending) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.log");
    std::fs::write(&path, bytes).unwrap();
    let mut seen = Vec::new();
    let source = Source::open(&candidate(&path), limits).unwrap();
    let ending = read_in_blocks(source, block, limits, go_on, |line| {
        assert_eq!(line.number, seen.len() as u64 + 1);
        let terminated = line.kind == LineKind::Whole;
        let too_long = matches!(line.kind, LineKind::TooLong { .. });
        seen.push((line.offset, line.bytes.to_vec(), terminated, too_long, line.bom));
    })
    .unwrap();
    (seen, ending.unwrap())
}

fn read(bytes: &[u8]) -> (Vec<String>, Ending) {
    let (seen, ending) = read_with(bytes, BLOCK, Limits::default());
    (seen.into_iter().map(|(_, text, ..)| String::from_utf8(text).unwrap()).collect(), ending)
}

fn gz(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn zst(text: &str) -> Vec<u8> {
    zstd::encode_all(text.as_bytes(), 3).unwrap()
}

#[test]
fn marks_carriage_returns_and_blank_lines() {
    let (seen, _) = read_with(b"\xef\xbb\xbfa\r\n\n\xef\xbb\xbfb\nc\rd\r\ne", 4, Limits::default());
    let texts: Vec<_> = seen.iter().map(|s| String::from_utf8_lossy(&s.1).into_owned()).collect();
    assert_eq!(texts, ["a", "", "b", "c\rd", "e"]);
    assert_eq!(seen.iter().map(|s| s.4).collect::<Vec<_>>(), [true, false, true, false, false]);
    assert_eq!(seen.iter().map(|s| s.0).collect::<Vec<_>>(), [0, 6, 7, 12, 17]);
    assert!(!seen[4].2);
}

#[test]
fn content_decides_not_the_name() {
    for (bytes, compression) in [
        (b"a\nb\n".to_vec(), Compression::Plain),
        (gz("a\nb\n"), Compression::Gzip),
        (zst("a\nb\n"), Compression::Zstd),
    ] {
        let (lines, ending) = read(&bytes);
        assert_eq!(lines, ["a", "b"]);
        assert_eq!((ending.compression, ending.end), (compression, End::Complete));
        assert_eq!(ending.stored, bytes.len() as u64);
        assert_eq!(ending.decompressed, 4);
    }
    assert_eq!(read(b"").1.end, End::Complete);
}

#[test]
fn all_members_and_frames_with_padding_and_garbage() {
    for pack in [gz, zst] {
        let two = [pack("a\n"), pack("b"), pack("c\n")].concat();
        assert_eq!(read(&two).0, ["a", "bc"]);
        let padded = [two.clone(), vec![0; 1_023]].concat();
        let (lines, ending) = read(&padded);
        assert_eq!((lines.len(), ending.end, ending.trailing_garbage), (2, End::Complete, false));
        let apart = [pack("a\n"), vec![0; 5], pack("b\n")].concat();
        assert_eq!(read(&apart).0, ["a", "b"]);
        let garbage = [two, b"junk".to_vec()].concat();
        let (lines, ending) = read(&garbage);
        assert_eq!((lines.len(), ending.end, ending.trailing_garbage), (2, End::Complete, true));
    }
    let many: Vec<u8> = (0..20_000).flat_map(|_| gz("x\n")).collect();
    assert_eq!(read(&many).0.len(), 20_000);
}

#[test]
fn a_cut_at_every_byte_is_seen() {
    for pack in [gz, zst] {
        let (first, second) = (pack("{\"a\":1}\n{\"b\":2}\n"), pack("{\"c\":3}\n"));
        let whole = [first.clone(), second].concat();
        for cut in 4..whole.len() {
            let end = read(&whole[..cut]).1.end;
            let expected = if cut == first.len() { End::Complete } else { End::Truncated };
            assert_eq!(end, expected, "cut at {cut} of {}", whole.len());
        }
    }
}

#[test]
fn flipped_bytes_are_corrupt_or_harmless_but_never_an_error() {
    let whole = gz(&"{\"a\":1}\n".repeat(50));
    let mut damaged = 0;
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        damaged += usize::from(read_with(&bytes, BLOCK, Limits::default()).1.end != End::Complete);
    }
    assert!(damaged > whole.len() / 2);
}

#[test]
fn expansion_beyond_reason_is_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bomb.gz");
    let mut encoder = flate2::write::GzEncoder::new(
        std::fs::File::create(&path).unwrap(),
        flate2::Compression::best(),
    );
    for _ in 0..100 {
        encoder.write_all(&[b'a'; 1 << 20]).unwrap();
    }
    encoder.finish().unwrap();
    let mut long = 0;
    let ending = read_lines(&candidate(&path), Limits::default(), go_on, |line| {
        assert!(line.bytes.is_empty());
        long += 1;
    })
    .unwrap();
    assert_eq!((ending.end, ending.suspicious_ratio, long), (End::Complete, true, 1));
    let strict = Limits { ratio_stop: 500, ..Limits::default() };
    let ending = read_lines(&candidate(&path), strict, go_on, |_| {}).unwrap();
    assert_eq!(ending.end, End::TooLarge);
    let small = Limits { file: 1 << 20, ..Limits::default() };
    let ending = read_lines(&candidate(&path), small, go_on, |_| {}).unwrap();
    assert_eq!(ending.end, End::TooLarge);
}

#[test]
fn a_growing_file_ends_where_it_ended_when_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.log");
    std::fs::write(&path, "a\nb").unwrap();
    let source = Source::open(&candidate(&path), Limits::default()).unwrap();
    let mut more = std::fs::OpenOptions::new().append(true).open(&path).unwrap();
    more.write_all(b"bb\nc\n").unwrap();
    let mut seen = Vec::new();
    let keep = |line: Line<'_>| seen.push((line.bytes.to_vec(), line.kind));
    let ending = read_in_blocks(source, BLOCK, Limits::default(), go_on, keep).unwrap().unwrap();
    assert_eq!(seen, [(b"a".to_vec(), LineKind::Whole), (b"b".to_vec(), LineKind::Unterminated)]);
    assert_eq!((ending.end, ending.stored), (End::Complete, 3));
}

#[test]
fn skippable_frames_are_no_text() {
    let skippable = [&[0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"abc"].concat();
    let around = [skippable.clone(), zst("a\n"), skippable, zst("b\n")].concat();
    let (lines, ending) = read(&around);
    assert_eq!((lines.len(), ending.end, ending.trailing_garbage), (2, End::Complete, false));
}

#[test]
fn a_small_zstd_bomb_is_stopped() {
    let bomb = zstd::encode_all(std::io::repeat(b'a').take(50 << 20), 3).unwrap();
    let ending = read_with(&bomb, BLOCK, Limits::default()).1;
    assert_eq!((ending.end, ending.suspicious_ratio), (End::TooLarge, true));
}

#[test]
fn a_pipe_is_no_file_and_does_not_block() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipe");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &path,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
        0,
    )
    .unwrap();
    assert!(matches!(
        read_lines(&candidate(&path), Limits::default(), go_on, |_| {}),
        Err(ArchiveError::Io { .. })
    ));
}

proptest! {
    #[test]
    fn lines_are_those_of_a_naive_split(
        bytes in prop::collection::vec(prop::sample::select(b"ab\n\r{\xef\xbb\xbf".to_vec()), 0..120),
        block in 1_usize..40,
        limit in 1_usize..20,
    ) {
        let mut bytes = bytes;
        // What begins like a compressed file is another test's business.
        bytes.insert(0, b'x');
        let limits = Limits { line: limit, ..Limits::default() };
        let (seen, _) = read_with(&bytes, block, limits);
        let mut offset = 0;
        let mut expected: Seen = Vec::new();
        for piece in bytes.split_inclusive(|c| *c == b'\n') {
            let terminated = piece.ends_with(b"\n");
            let body = piece.strip_suffix(b"\n").unwrap_or(piece);
            let body = if terminated { body.strip_suffix(b"\r").unwrap_or(body) } else { body };
            let bom = body.starts_with(b"\xef\xbb\xbf");
            let body = if bom { &body[3..] } else { body };
            let long = body.len() > limit;
            let bom = bom && !long;
            expected.push((offset, if long { vec![] } else { body.to_vec() }, terminated && !long, long, bom));
            offset += piece.len() as u64;
        }
        prop_assert_eq!(seen, expected);
    }
}

#[test]
fn whoever_listens_can_stop_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x");
    std::fs::write(&path, vec![b'\n'; 5 * BLOCK]).unwrap();
    let (mut calls, mut lines) = (0, 0);
    let third = |_| {
        calls += 1;
        if calls == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let read = read_lines(&candidate(&path), Limits::default(), third, |_| lines += 1);
    assert!(matches!(read, Err(ArchiveError::Stopped)));
    assert!(lines < 3 * BLOCK);
    let digest =
        super::super::digest(&candidate(&path), Limits::default(), &[], |_| ControlFlow::Break(()));
    assert!(matches!(digest, Err(ArchiveError::Stopped)));
}
