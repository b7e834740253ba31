//! Hashes the decompressed content of a file, to recognise a known file under a new name and a file that has only grown.

use std::ops::ControlFlow;

use super::candidate::Candidate;
use super::ending::Ending;
use super::error::ArchiveError;
use super::limits::Limits;
use super::source::Source;

/// Bytes read at a time.
const STEP: usize = 256 << 10;

/// A summary of a file's content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    /// How it ended.
    pub ending: Ending,
    /// Hash (BLAKE3, hexadecimal) of all decompressed bytes.
    pub hash: String,
    /// Hash of the first bytes, for each requested length that the file has.
    pub prefixes: Vec<(u64, String)>,
}

/// Reads a file and hashes its decompressed content, and also its first bytes for each of the given lengths, which must be
/// ascending. `progress` is called with the decompressed bytes so far, and says whether to go on.
///
/// # Errors
/// [`ArchiveError::Io`] if the file cannot be opened or the storage fails; [`ArchiveError::Stopped`] if `progress` says so.
pub fn digest(
    candidate: &Candidate,
    limits: Limits,
    lengths: &[u64],
    progress: impl Fn(u64) -> ControlFlow<()>,
) -> Result<Digest, ArchiveError> {
    let trouble = |source| ArchiveError::reading(&candidate.name, source);
    let mut source = Source::open(candidate, limits)?;
    let mut buffer = vec![0_u8; STEP];
    let mut hasher = blake3::Hasher::new();
    let mut lengths = lengths.iter().copied().peekable();
    let (mut at, mut prefixes) = (0_u64, Vec::new());
    loop {
        let n = source.read(&mut buffer).map_err(trouble)?;
        if progress(u64::try_from(n).unwrap_or(0)).is_break() {
            return Err(ArchiveError::Stopped);
        }
        let mut bytes = buffer.get(..n).unwrap_or_default();
        let end = at + u64::try_from(n).unwrap_or(0);
        while let Some(length) = lengths.next_if(|length| *length <= end) {
            let more = usize::try_from(length.saturating_sub(at)).unwrap_or(0);
            let (head, tail) = bytes.split_at(more.min(bytes.len()));
            hasher.update(head);
            (at, bytes) = (at.max(length), tail);
            prefixes.push((length, hasher.finalize().to_hex().to_string()));
        }
        hasher.update(bytes);
        at = end;
        if n == 0 {
            break;
        }
    }
    Ok(Digest { ending: source.ending(), hash: hasher.finalize().to_hex().to_string(), prefixes })
}

#[cfg(test)]
mod tests {
    use super::super::candidate::Place;
    use super::super::ending::End;
    use super::super::reader::go_on;
    use super::*;

    fn digest_of(bytes: &[u8], lengths: &[u64]) -> Digest {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        std::fs::write(&path, bytes).unwrap();
        let place = Place::File(path);
        let candidate = Candidate { name: "x".into(), place, bytes: 0, modified_ms: None };
        digest(&candidate, Limits::default(), lengths, go_on).unwrap()
    }

    #[test]
    fn the_content_counts_and_its_begin() {
        let text: Vec<u8> = (0..STEP * 2 + 17).map(|n| n.to_le_bytes()[0]).collect();
        let lengths = [0, 1, STEP - 1, STEP, STEP + 1, STEP * 2 + 17, STEP * 2 + 18];
        let asked = lengths.map(|n| u64::try_from(n).unwrap());
        let plain = digest_of(&text, &asked);
        for ((length, hash), expected) in plain.prefixes.iter().zip(lengths) {
            assert_eq!(*length, u64::try_from(expected).unwrap());
            assert_eq!(*hash, digest_of(&text[..expected], &[]).hash);
        }
        assert_eq!(plain.prefixes.len(), lengths.len() - 1);
        let packed = digest_of(&zstd::encode_all(text.as_slice(), 1).unwrap(), &asked);
        assert_eq!((packed.hash, packed.prefixes), (plain.hash, plain.prefixes));
        assert_ne!(packed.ending.stored, plain.ending.stored);
    }

    #[test]
    fn a_cut_file_is_told() {
        let packed = zstd::encode_all([7_u8; 5_000].as_slice(), 1).unwrap();
        assert_eq!(digest_of(&packed[..packed.len() - 3], &[]).ending.end, End::Truncated);
    }
}
