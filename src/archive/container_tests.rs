//! Members of every container equal the loose files; damage, links and hostile names are told.

use std::io::{Cursor, Write};

use proptest::prelude::*;

use super::super::ending::End;
use super::*;

type Files = Vec<(String, Vec<u8>)>;

fn tar_of(files: &Files) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, text) in files {
        let mut head = tar::Header::new_gnu();
        head.set_size(text.len() as u64);
        head.set_mode(0o644);
        tar.append_data(&mut head, name, text.as_slice()).unwrap();
    }
    tar.into_inner().unwrap()
}

fn zip_of(files: &Files, method: zip::CompressionMethod) -> Vec<u8> {
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        let options = zip::write::SimpleFileOptions::default().compression_method(method);
        to.start_file(name.as_str(), options).unwrap();
        to.write_all(text).unwrap();
    }
    to.finish().unwrap().into_inner()
}

/// Name, bytes and end of a member.
type Seen = (String, Vec<u8>, End);

/// What is read of a container: names, bytes, how each ended; and what is wrong with it.
fn read(bytes: &[u8]) -> (Vec<Seen>, Option<String>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x");
    std::fs::write(&path, bytes).unwrap();
    let mut seen = Vec::new();
    let limits = Limits::default();
    let damage = each(&Holder::File(path), limits, &mut |info, raw| {
        if info.skip.is_none() {
            let mut source = Source::of(raw, limits)?;
            let mut text = Vec::new();
            source.read_to_end(&mut text)?;
            seen.push((info.name, text, source.ending().end));
        }
        Ok(ControlFlow::Continue(()))
    });
    (seen, damage.unwrap())
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut to = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    to.write_all(bytes).unwrap();
    to.finish().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn members_equal_the_loose_files(
        texts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..3_000), 0..6),
        long in 1_usize..200,
    ) {
        // Bytes in front keep them from being a compression.
        let name = |at: usize| format!("{}/{at}.jsonl", "d".repeat(long));
        let files: Files = texts
            .iter()
            .enumerate()
            .map(|(at, text)| (name(at), [b"{ ", text.as_slice()].concat()))
            .collect();
        let whole: Vec<_> =
            files.iter().map(|(name, text)| (name.clone(), text.clone(), End::Complete)).collect();
        let tar = tar_of(&files);
        for bytes in [
            zip_of(&files, zip::CompressionMethod::Stored),
            zip_of(&files, zip::CompressionMethod::Deflated),
            gz(&tar),
            gz(&gz(&tar)),
            tar,
        ] {
            prop_assert_eq!(read(&bytes), (whole.clone(), None));
        }
    }
}

fn two() -> Files {
    vec![("a".into(), b"{\"a\":1}\n".to_vec()), ("b".into(), b"{\"b\":2}\n".to_vec())]
}

#[test]
fn a_tar_cut_at_every_byte_gives_what_was_before() {
    let tar = tar_of(&two());
    for at in 0..tar.len() {
        let (seen, damage) = read(&tar[..at]);
        let whole = seen.iter().filter(|(_, _, end)| *end == End::Complete).count();
        let expected = [520, 1_544].iter().filter(|end| at >= **end).count();
        assert_eq!(whole, expected, "cut at {at}");
        assert!(damage.is_some() || at >= 2_560, "cut at {at}");
    }
}

#[test]
fn a_zip_cut_at_every_byte_gives_what_was_before() {
    let zip = zip_of(&two(), zip::CompressionMethod::Deflated);
    for at in 4..zip.len() {
        let (seen, damage) = read(&zip[..at]);
        assert!(damage.is_some(), "cut at {at}");
        for (name, text, end) in seen {
            let right = two().iter().any(|(n, t)| *n == name && *t == text);
            assert!(
                right || end != End::Complete,
                "cut at {at} of {}: {name} {text:?} {end:?} {damage:?}",
                zip.len()
            );
        }
    }
}

#[test]
fn the_comment_of_a_zip_may_hold_anything() {
    let zip = zip_of(&two(), zip::CompressionMethod::Deflated);
    let whole = read(&zip).0.len();
    let other = zip_of(&vec![("other".to_owned(), b"x".to_vec())], zip::CompressionMethod::Stored);
    let empty = [&b"PK\x05\x06"[..], &[0; 18]].concat();
    for comment in [
        &b"of March"[..],
        b"PK\x05\x06",
        b"PK\x05\x06 and twenty-two bytes more, or so",
        &zip,
        &other,
        &empty,
    ] {
        let mut bytes = zip.clone();
        let length = u16::try_from(comment.len()).unwrap().to_le_bytes();
        let end = bytes.len() - 2;
        bytes[end..].copy_from_slice(&length);
        bytes.extend_from_slice(comment);
        let (seen, damage) = read(&bytes);
        assert_eq!((seen.len(), damage), (whole, None), "{}", comment.escape_ascii());
    }
}

#[test]
fn a_zip_with_a_broken_index_is_read_by_its_heads() {
    let mut zip = zip_of(&two(), zip::CompressionMethod::Deflated);
    let index = memchr::memmem::find(&zip, b"PK\x01\x02").unwrap();
    zip[index] = 0;
    let (seen, damage) = read(&zip);
    assert_eq!(seen.len(), 2);
    assert!(damage.unwrap().contains("index"));
}

#[test]
fn a_flipped_byte_of_a_member_does_not_touch_its_neighbours() {
    let zip = zip_of(&two(), zip::CompressionMethod::Stored);
    let at = memchr::memmem::find(&zip, b"{\"a\"").unwrap();
    let mut bytes = zip.clone();
    bytes[at] ^= 1;
    let (seen, _) = read(&bytes);
    assert_eq!(seen[0].2, End::Corrupt);
    assert_eq!((seen[1].1.as_slice(), seen[1].2), (&b"{\"b\":2}\n"[..], End::Complete));
}

#[test]
fn hostile_names_are_names() {
    for name in ["/etc/passwd", "../../x", "./a", "", "a/../b"] {
        let mut tar = tar_of(&vec![("x".into(), b"{}".to_vec())]);
        tar[..100].fill(0);
        tar[..name.len()].copy_from_slice(name.as_bytes());
        tar[148..156].fill(b' ');
        let sum: u32 = tar[..512].iter().map(|byte| u32::from(*byte)).sum();
        tar[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        let (seen, damage) = read(&tar);
        assert_eq!((seen.len(), damage), (1, None), "{name}");
        assert!(!seen[0].0.is_empty());
    }
}

#[test]
fn links_are_no_files() {
    let mut tar = tar::Builder::new(Vec::new());
    let mut head = tar::Header::new_gnu();
    head.set_entry_type(tar::EntryType::Symlink);
    head.set_size(0);
    tar.append_link(&mut head, "l", "/etc/passwd").unwrap();
    let bytes = tar.into_inner().unwrap();
    assert_eq!(read(&bytes), (Vec::new(), None));
}

#[test]
fn members_that_lie_in_each_other_expand_no_further_than_one_may() {
    // Each is a header without a size, and a block that holds all members after it as they are.
    let head = [&b"PK\x03\x04\x14\0\x08\0\x08\0"[..], &[0; 20]].concat();
    let mut bytes = Vec::new();
    for _ in 0..1_000 {
        let size = u16::try_from(bytes.len()).unwrap();
        let block = [&size.to_le_bytes()[..], &(!size).to_le_bytes(), &bytes].concat();
        bytes = [&head[..], &[0], &block, &[1, 0, 0, 0xff, 0xff]].concat();
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x");
    std::fs::write(&path, &bytes).unwrap();
    let limits = Limits { ratio_stop: 20, ..Limits::default() };
    let (mut all, mut ends) = (0, Vec::new());
    let damage = each(&Holder::File(path), limits, &mut |_, raw| {
        let mut source = Source::of(raw, limits)?;
        all += source.read_to_end(&mut Vec::new())?;
        ends.push(source.ending().end);
        Ok(ControlFlow::Continue(()))
    });
    assert!(damage.unwrap().unwrap().contains("index"));
    assert_eq!(ends.len(), 1_000);
    assert!(all < (1 << 20) + bytes.len() * 21 + (1 << 17), "{all} bytes of {}", bytes.len());
    assert_eq!((ends[0], ends[999]), (End::Complete, End::TooLarge));
}

/// An index may name one small member many times, and that may expand inside, where the zip itself does not.
#[test]
fn one_compressed_member_under_many_names_expands_no_further_than_one_may() {
    const NAMES: usize = 300;
    let member = zstd::encode_all([b'\n'; 900_000].as_slice(), 1).unwrap();
    let one = zip_of(&vec![("a".to_owned(), member)], zip::CompressionMethod::Stored);
    let index = memchr::memmem::find(&one, b"PK\x01\x02").unwrap();
    let end = memchr::memmem::find(&one, b"PK\x05\x06").unwrap();
    let mut bytes = [&one[..index], &one[index..end].repeat(NAMES), &one[end..]].concat();
    let tail = bytes.len() - 22;
    for at in [8, 10] {
        bytes[tail + at..][..2].copy_from_slice(&u16::try_from(NAMES).unwrap().to_le_bytes());
    }
    let length = u32::try_from((end - index) * NAMES).unwrap();
    bytes[tail + 12..][..4].copy_from_slice(&length.to_le_bytes());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x");
    std::fs::write(&path, &bytes).unwrap();
    let container_bytes = bytes.len() as u64;
    let members: Vec<Candidate> = (0..NAMES as u64)
        .map(|number| Candidate {
            name: number.to_string(),
            place: Place::Member { container: Holder::File(path.clone()), number, container_bytes },
            bytes: 0,
            modified_ms: None,
        })
        .collect();
    let limits = Limits { ratio_stop: 200, ..Limits::default() };
    let (mut all, mut ends) = (0, Vec::new());
    read_members(&members.iter().collect::<Vec<_>>(), limits, |_, member| {
        let mut source = Source::open(member, limits)?;
        all += source.read_to_end(&mut Vec::new()).unwrap() as u64;
        ends.push(source.ending().end);
        Ok::<(), ArchiveError>(())
    })
    .unwrap();
    assert_eq!((ends.len(), ends[0], ends[NAMES - 1]), (NAMES, End::Complete, End::TooLarge));
    assert!(
        all <= (1 << 20) + container_bytes * 201 + (1 << 17),
        "{all} bytes of {container_bytes}"
    );
}
