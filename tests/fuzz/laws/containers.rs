//! The laws of tar and zip that the fuzz target `containers` and the replay of its corpus hold, for any bytes.
//!
//! Each member that is asked for is visited once, in the order of its number, whether it is there or not. All members of a
//! container together hold no more than the caps on one file allow, whatever sizes they claim. A second reading finds the same.

use std::collections::BTreeMap;

use super::archive::{ArchiveError, Candidate, Digest, End, Limits, digest, go_on, read_members};
use super::held;

const LIMITS: Limits = Limits { line: 1 << 16, file: 1 << 22, ratio_warning: 100, ratio_stop: 400 };
/// Members that are asked for.
const ASKED: u64 = 12;
/// Bytes that a member may hold beyond a cap, since they are read in steps and judged from 1 MiB on.
const SLACK: u64 = 2 << 20;
const BLOCK: usize = 512;

/// Reads bytes as a container and holds the laws. The first byte says whether the checksums of tar headers are made right
/// before. How many members were whole.
///
/// # Panics
/// If a law is broken.
pub(crate) fn hold(bytes: &[u8]) -> usize {
    let Some((first, rest)) = bytes.split_first() else { return 0 };
    let mut bytes = rest.to_vec();
    if first & 1 == 1 {
        sign(&mut bytes);
    }
    let found = read(&bytes);
    assert_eq!(found, read(&bytes), "a second time");
    let all: u64 = found.iter().map(|(_, digest)| digest.ending.decompressed).sum();
    let most = bytes.len() as u64 * LIMITS.ratio_stop + SLACK;
    assert!(all <= most, "{all} bytes of {}", bytes.len());
    for (_, Digest { ending, .. }) in &found {
        assert!(ending.decompressed <= LIMITS.file + SLACK, "{ending:?}");
        assert_eq!(ending.broken_at.is_some(), ending.end != End::Complete, "{ending:?}");
    }
    found.iter().filter(|(_, digest)| digest.ending.end == End::Complete).count()
}

fn read(bytes: &[u8]) -> Vec<(usize, Digest)> {
    let members = held::members(bytes, ASKED);
    let wanted: Vec<&Candidate> = members.iter().collect();
    let mut visited: BTreeMap<usize, u32> = BTreeMap::new();
    let mut found = Vec::new();
    let done = read_members(&wanted, LIMITS, |at, member| {
        *visited.entry(at).or_default() += 1;
        found.push((at, digest(member, LIMITS, &[], go_on)?));
        Ok::<(), ArchiveError>(())
    });
    done.expect("memory does not fail");
    assert_eq!(visited.len(), wanted.len(), "each member");
    assert!(visited.values().all(|times| *times == 1), "once");
    found
}

/// Makes the checksum of every block right that has the shape of a header, or is the first.
fn sign(bytes: &mut [u8]) {
    for (at, block) in bytes.chunks_exact_mut(BLOCK).enumerate() {
        if at > 0 && !block[257..].starts_with(b"ustar") {
            continue;
        }
        block[148..156].fill(b' ');
        let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
        block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    }
}
