//! Reads a tar from front to back: ustar, GNU long names, pax.

use std::io;

use super::ending::End;
use super::source::Source;
use super::storage::is_of_storage;
use super::stored::length;

const BLOCK: usize = 512;
type Block = [u8; BLOCK];
/// Longest name or pax header, bytes; a longer one is hostile.
const LONGEST: u64 = 1 << 20;
/// Bytes skipped at a time.
const STEP: usize = 64 << 10;

/// What a member of a container is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entry {
    /// A file.
    File,
    /// A folder.
    Folder,
    /// A link.
    Link,
    /// A device or a pipe.
    Device,
    /// A file with holes.
    Sparse,
}

/// The header of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    /// Its name; never used as a path.
    pub(super) name: String,
    /// Its size in bytes.
    pub(super) size: u64,
    /// What it is.
    pub(super) entry: Entry,
}

/// What extended headers say about the member that follows.
#[derive(Default)]
struct Extended {
    name: Option<Vec<u8>>,
    size: Option<u64>,
    sparse: bool,
}

/// A tar being read.
pub(super) struct Tar {
    source: Source,
    /// Unread bytes of the current member; `padding` follows them.
    left: u64,
    padding: u64,
    /// Bytes of the tar read so far.
    at: u64,
    /// A block that was read ahead.
    again: Option<Block>,
    /// What is wrong with it, if anything; everything that could be found was used.
    pub(super) damage: Option<String>,
}

impl Tar {
    pub(super) fn new(source: Source) -> Self {
        Self { source, left: 0, padding: 0, at: 0, again: None, damage: None }
    }

    /// Reads bytes of the current member; 0 = its end.
    ///
    /// # Errors
    /// If the tar ends inside it, or the storage fails.
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let room = buffer.get_mut(..most).unwrap_or_default();
        if room.is_empty() {
            return Ok(0);
        }
        let n = self.source.read(room)?;
        self.at += length(n);
        self.left -= length(n);
        if n == 0 {
            self.say_cut("in the middle of a member");
            return Err(match self.source.ending().end {
                End::Complete | End::Truncated => io::ErrorKind::UnexpectedEof,
                End::TooLarge => io::ErrorKind::FileTooLarge,
                End::Corrupt | End::TooDeep => io::ErrorKind::InvalidData,
            }
            .into());
        }
        Ok(n)
    }

    /// The next member; `None` at the end, even if that comes too early.
    ///
    /// # Errors
    /// If the storage fails.
    pub(super) fn next(&mut self) -> io::Result<Option<Head>> {
        let mut extended = Extended::default();
        let mut zeros = false;
        loop {
            if !self.skip_rest()? {
                return Ok(None);
            }
            let Some(block) = self.block()? else {
                if !zeros || self.source.ending().end != End::Complete {
                    self.say_cut("before the mark of its end");
                }
                return Ok(None);
            };
            // Zeros are the end; what follows is padding, or another tar that was appended.
            zeros |= block.iter().all(|byte| *byte == 0);
            if block.iter().all(|byte| *byte == 0) {
                continue;
            }
            if !is_tar(&block) {
                self.say(format!("no member begins at its byte {}", self.at - length(BLOCK)));
                continue;
            }
            zeros = false;
            if let Some(head) = self.member(&block, &mut extended)? {
                return Ok(Some(head));
            }
        }
    }

    /// Reads a header; `None` if it only describes the member after it.
    fn member(&mut self, block: &Block, extended: &mut Extended) -> io::Result<Option<Head>> {
        let field = |at: usize, len: usize| block.get(at..at + len).unwrap_or_default();
        let told = number(field(124, 12)).unwrap_or(0);
        let kind = block.get(156).copied().unwrap_or(0);
        if matches!(kind, b'L' | b'K' | b'x' | b'X' | b'g') {
            self.begin(told);
            if told > LONGEST {
                self.say(format!("a head of {told} bytes before its byte {}", self.at));
                return Ok(None);
            }
            let text = self.whole_member()?;
            match kind {
                b'L' => extended.name = Some(until_zero(&text).to_vec()),
                b'x' | b'X' => extended.pax(&text),
                _ => {}
            }
            return Ok(None);
        }
        let extended = std::mem::take(extended);
        let size = extended.size.unwrap_or(told);
        let name = extended.name.unwrap_or_else(|| {
            let name = until_zero(field(0, 100));
            let ustar = field(257, 6) == b"ustar\0";
            let prefix = if ustar { until_zero(field(345, 155)) } else { &[] };
            if prefix.is_empty() { name.to_vec() } else { [prefix, b"/", name].concat() }
        });
        let entry = match kind {
            b'1' | b'2' => Entry::Link,
            b'3' | b'4' | b'6' => Entry::Device,
            b'5' | b'D' | b'V' => Entry::Folder,
            b'S' => Entry::Sparse,
            _ if extended.sparse => Entry::Sparse,
            _ if name.ends_with(b"/") => Entry::Folder,
            _ => Entry::File,
        };
        // Links and devices may have a size in the header, but no data.
        let nothing = matches!(entry, Entry::Link | Entry::Device) || kind == b'5';
        self.begin(if nothing { 0 } else { size });
        let mut maps = kind == b'S' && block.get(482).is_some_and(|flag| *flag != 0);
        while maps {
            let Some(map) = self.block()? else { break };
            maps = map.get(504).is_some_and(|flag| *flag != 0);
        }
        Ok(Some(Head { name: String::from_utf8_lossy(&name).into_owned(), size, entry }))
    }

    fn begin(&mut self, size: u64) {
        self.left = size;
        self.padding = size.wrapping_neg() % length(BLOCK);
    }

    /// The bytes of a short member, as many as there are.
    fn whole_member(&mut self) -> io::Result<Vec<u8>> {
        let mut text = Vec::new();
        let mut step = [0_u8; BLOCK];
        while self.left > 0 {
            match self.read(&mut step) {
                Ok(n) => text.extend_from_slice(step.get(..n).unwrap_or_default()),
                Err(error) if is_of_storage(&error) => return Err(error),
                Err(_) => break,
            }
        }
        Ok(text)
    }

    /// Skips the rest of a member; false if the tar ends inside it.
    fn skip_rest(&mut self) -> io::Result<bool> {
        if self.left + self.padding == 0 {
            return Ok(true);
        }
        let in_member = self.left > 0;
        self.left = self.left.saturating_add(std::mem::take(&mut self.padding));
        let mut step = vec![0_u8; STEP];
        while self.left > 0 {
            let most = usize::try_from(self.left).unwrap_or(STEP).min(STEP);
            let n = self.source.read(step.get_mut(..most).unwrap_or_default())?;
            if n == 0 {
                self.left = 0;
                self.say_cut(if in_member {
                    "in the middle of a member"
                } else {
                    "behind a member"
                });
                return Ok(false);
            }
            self.left -= length(n);
            self.at += length(n);
        }
        Ok(true)
    }

    /// The next block; `None` at the end, even after part of a block.
    fn block(&mut self) -> io::Result<Option<Block>> {
        if let Some(block) = self.again.take() {
            return Ok(Some(block));
        }
        let mut block = [0_u8; BLOCK];
        let mut filled = 0;
        while filled < BLOCK {
            let n = self.source.read(block.get_mut(filled..).unwrap_or_default())?;
            if n == 0 {
                return Ok(None);
            }
            filled += n;
            self.at += length(n);
        }
        Ok(Some(block))
    }

    fn say(&mut self, what: String) {
        self.damage.get_or_insert(what);
    }

    /// Notes that it ends too early, and why.
    fn say_cut(&mut self, place: &str) {
        let ending = self.source.ending();
        let at = ending.broken_at.unwrap_or(ending.stored);
        let what = match ending.end {
            End::Complete => format!("it ends {place}, after {} bytes", self.at),
            End::Truncated => format!("its compressed data end too early, after {at} bytes"),
            End::Corrupt => format!("its compressed data are damaged, after {at} bytes"),
            End::TooLarge => "it expands beyond all reason".to_owned(),
            End::TooDeep => "it is compressed more than three times".to_owned(),
        };
        self.say(what);
    }
}

impl Extended {
    /// Reads the records of a pax header: `length key=value\n`.
    fn pax(&mut self, mut text: &[u8]) {
        while let Some(space) = memchr::memchr(b' ', text) {
            let (len, _) = text.split_at(space);
            let len = std::str::from_utf8(len).ok().and_then(|len| len.parse::<usize>().ok());
            let Some(record) = len.and_then(|len| text.get(space + 1..len)) else { return };
            let record = record.strip_suffix(b"\n").unwrap_or(record);
            if let Some(value) = record.strip_prefix(b"path=") {
                self.name = Some(value.to_vec());
            } else if let Some(value) = record.strip_prefix(b"size=") {
                self.size = std::str::from_utf8(value).ok().and_then(|size| size.parse().ok());
            } else if record.starts_with(b"GNU.sparse.") {
                self.sparse = true;
            }
            text = len.and_then(|len| text.get(len..)).unwrap_or_default();
        }
    }
}

/// A number in octal digits, or in base 256 if the first bit is set.
fn number(field: &[u8]) -> Option<u64> {
    let (first, rest) = field.split_first()?;
    if first & 0x80 != 0 {
        return rest.iter().try_fold(u64::from(first & 0x7f), |n, byte| {
            n.checked_mul(256)?.checked_add(u64::from(*byte))
        });
    }
    let digits =
        field.iter().skip_while(|c| **c == b' ').take_while(|c| (b'0'..=b'7').contains(*c));
    digits.into_iter().try_fold(0_u64, |n, c| n.checked_mul(8)?.checked_add(u64::from(c - b'0')))
}

fn until_zero(text: &[u8]) -> &[u8] {
    text.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// Whether a block is the header of a tar member, judging by its checksum.
pub(super) fn is_tar(head: &[u8]) -> bool {
    let Some(block) = head.get(..512) else { return false };
    let Some(field) = block.get(148..156) else { return false };
    let digits = field.iter().skip_while(|c| **c == b' ').take_while(|c| c.is_ascii_digit());
    let Some(told) = digits.clone().try_fold(0_u32, |n, c| {
        n.checked_mul(8)?.checked_add(u32::from(c.checked_sub(b'0').filter(|d| *d < 8)?))
    }) else {
        return false;
    };
    let sum = |signed: bool| -> i64 {
        let of = |c: u8| if signed { i64::from(c.cast_signed()) } else { i64::from(c) };
        let bytes = block.iter().enumerate();
        bytes.map(|(at, c)| if (148..156).contains(&at) { 32 } else { of(*c) }).sum()
    };
    // Some old writers summed signed bytes.
    digits.count() > 0 && (sum(false) == i64::from(told) || sum(true) == i64::from(told))
}
