//! Reads the members of a zip: from its index, or from their own headers where the index is broken.

use std::io::{self, Read};
use std::sync::Arc;

use flate2::Crc;

use crate::cloud::RandomRead;

use super::codec::Codec;
use super::codec::gzip::Deflate;
use super::codec::zstd::Zstd;
use super::storage::is_of_storage;
use super::stored::{Raw, Stored, length};
use super::tar::Entry;
use super::whole::Whole;

/// Most members that are listed, because each takes memory.
const MOST: usize = 1 << 20;
/// Expansion of a member, and of a zip, is judged only after this much output, bytes.
const RATIO_FROM: u64 = 1 << 20;
/// Bytes searched for a header at a time.
const STEP: usize = 64 << 10;

const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
const END64: &[u8] = b"PK\x06\x06";

/// A member, as described by the index or its own header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) name: String,
    pub(super) entry: Entry,
    pub(super) encrypted: bool,
    method: u16,
    crc: u32,
    packed: u64,
    /// Bytes after unpacking.
    pub(super) size: u64,
    /// Where its own header begins.
    head: u64,
    /// Whether its sizes and checksum follow only after its data.
    unsure: bool,
}

/// A zip that is open.
pub(super) struct Zip {
    file: Arc<dyn RandomRead>,
    size: u64,
    /// What all members have expanded to so far.
    whole: Arc<Whole>,
    /// The members, in the order of their bytes.
    pub(super) members: Vec<Member>,
    /// What is wrong with it, if anything; everything that could be found is listed.
    pub(super) damage: Option<String>,
}

impl Member {
    /// Whether its compression method is supported.
    pub(super) fn is_known(&self) -> bool {
        matches!(self.method, 0 | 8 | 93)
    }
}

impl Zip {
    /// Lists the members.
    ///
    /// # Errors
    /// If the storage fails.
    pub(super) fn open(file: Arc<dyn RandomRead>, size: u64) -> io::Result<Self> {
        let whole = Arc::new(Whole::of(size));
        let mut zip = Self { file, size, whole, members: Vec::new(), damage: None };
        match zip.by_index() {
            Ok(()) => {}
            Err(error) if is_of_storage(&error) => return Err(error),
            Err(_) => {
                zip.damage =
                    Some("its index is broken; the members were found by their own headers".into());
                zip.by_heads()?;
            }
        }
        zip.members.sort_by_key(|member| member.head);
        Ok(zip)
    }

    fn at(&self, at: u64, len: usize) -> io::Result<Vec<u8>> {
        if at.checked_add(length(len)).is_none_or(|end| end > self.size) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let mut bytes = vec![0; len];
        let mut rest = bytes.as_mut_slice();
        let mut at = at;
        while !rest.is_empty() {
            let n = match self.file.read_at(rest, at) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(n) => n,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => 0,
                Err(error) => return Err(error),
            };
            rest = rest.get_mut(n..).unwrap_or_default();
            at += length(n);
        }
        Ok(bytes)
    }

    /// Reads the index at the end.
    fn by_index(&mut self) -> io::Result<()> {
        let tail_len = self.size.min(22 + 0xffff + 20);
        let tail = self.at(self.size - tail_len, usize::try_from(tail_len).unwrap_or(0))?;
        // Its comment may hold what looks like the end: that of the first one whose comment reaches to the end of the file.
        let with_comment = |end: usize| {
            let record = tail.get(end..).unwrap_or_default();
            u16_at(record, 20).ok().map(|comment| (record.len(), 22 + usize::from(comment)))
        };
        let is_exact = |end: &usize| with_comment(*end).is_some_and(|(there, told)| there == told);
        let exact = memchr::memmem::find_iter(&tail, END).find(is_exact);
        let end = exact.or_else(|| memchr::memmem::rfind(&tail, END)).ok_or_else(broken)?;
        if with_comment(end).is_none_or(|(there, told)| there < told) {
            return Err(broken());
        }
        let record = tail.get(end..).unwrap_or_default();
        let mut entries = u64::from(u16_at(record, 10)?);
        let mut len = u64::from(u32_at(record, 12)?);
        let mut begin = u64::from(u32_at(record, 16)?);
        let mut index_end = self.size - tail_len + length(end);
        if let Some(locator) = end.checked_sub(20).and_then(|at| tail.get(at..end))
            && locator.starts_with(b"PK\x06\x07")
        {
            let at = u64_at(locator, 8)?;
            let record = self.at(at, 56)?;
            if !record.starts_with(END64) {
                return Err(broken());
            }
            (entries, len, begin) =
                (u64_at(&record, 32)?, u64_at(&record, 40)?, u64_at(&record, 48)?);
            index_end = at;
        }
        // Anything in front of the zip, such as a self-extracting program, shifts all offsets.
        let shift =
            index_end.checked_sub(len).and_then(|at| at.checked_sub(begin)).ok_or_else(broken)?;
        if len / 46 < entries || entries > length(MOST) {
            return Err(broken());
        }
        let (mut at, mut used) = (begin + shift, 0_u64);
        for _ in 0..entries {
            let fixed = self.at(at, 46)?;
            if !fixed.starts_with(CENTRAL) {
                return Err(broken());
            }
            let names =
                [u16_at(&fixed, 28)?, u16_at(&fixed, 30)?, u16_at(&fixed, 32)?].map(usize::from);
            let rest = self.at(at + 46, names.iter().sum())?;
            let (name, rest) = rest.split_at(names[0]);
            let extra = rest.get(..names[1]).unwrap_or_default();
            let flags = u16_at(&fixed, 8)?;
            let mut member = Member {
                name: text(name),
                entry: entry(name, u32_at(&fixed, 38)?),
                encrypted: flags & 1 != 0,
                method: u16_at(&fixed, 10)?,
                crc: u32_at(&fixed, 16)?,
                packed: u64::from(u32_at(&fixed, 20)?),
                size: u64::from(u32_at(&fixed, 24)?),
                head: u64::from(u32_at(&fixed, 42)?),
                unsure: false,
            };
            wide(extra, [Some(&mut member.size), Some(&mut member.packed), Some(&mut member.head)]);
            member.head = member.head.checked_add(shift).ok_or_else(broken)?;
            // Members that overlap are a zip bomb.
            used = used.saturating_add(member.packed);
            if used > self.size || !self.at(member.head, 4)?.starts_with(LOCAL) {
                return Err(broken());
            }
            self.members.push(member);
            at += 46 + length(names.iter().sum());
        }
        Ok(())
    }

    /// Searches for headers from the front; each byte is looked at once.
    fn by_heads(&mut self) -> io::Result<()> {
        self.members.clear();
        let mut at = 0;
        while let Some(head) = self.next_head(at)? {
            if self.members.len() >= MOST {
                break;
            }
            match self.local(head) {
                Ok((member, data)) => {
                    at = if member.unsure { data } else { data.saturating_add(member.packed) };
                    self.members.push(member);
                }
                Err(error) if is_of_storage(&error) => return Err(error),
                Err(_) => at = head + 4,
            }
        }
        Ok(())
    }

    fn next_head(&self, mut at: u64) -> io::Result<Option<u64>> {
        while at.saturating_add(30) <= self.size {
            let len = usize::try_from(self.size - at).unwrap_or(STEP).min(STEP);
            let bytes = self.at(at, len)?;
            if let Some(found) = memchr::memmem::find(&bytes, LOCAL) {
                return Ok(Some(at + length(found)));
            }
            at += length(len.saturating_sub(3).max(1));
        }
        Ok(None)
    }

    /// A member from its own header, and where its data begin.
    fn local(&self, head: u64) -> io::Result<(Member, u64)> {
        let fixed = self.at(head, 30)?;
        let (name, extra) = (usize::from(u16_at(&fixed, 26)?), usize::from(u16_at(&fixed, 28)?));
        let rest = self.at(head + 30, name + extra)?;
        let (name, extra) = rest.split_at(name);
        let flags = u16_at(&fixed, 6)?;
        let mut member = Member {
            name: text(name),
            entry: entry(name, 0),
            encrypted: flags & 1 != 0,
            method: u16_at(&fixed, 8)?,
            crc: u32_at(&fixed, 14)?,
            packed: u64::from(u32_at(&fixed, 18)?),
            size: u64::from(u32_at(&fixed, 22)?),
            head,
            unsure: flags & 8 != 0,
        };
        wide(extra, [Some(&mut member.size), Some(&mut member.packed), None]);
        member.unsure &= member.packed == 0;
        Ok((member, head + 30 + length(rest.len())))
    }

    /// The unpacked bytes of a member, checked against its size and checksum.
    ///
    /// # Errors
    /// If the storage fails, or the member is not where it should be.
    pub(super) fn reader(&self, member: &Member, ratio_stop: u64) -> io::Result<Raw> {
        let (_, begin) = self.local(member.head)?;
        let rest = self.size.saturating_sub(begin);
        // Without a size, it ends where its data say so, or where the next one begins.
        let len = if member.unsure { rest } else { member.packed };
        let end = begin.saturating_add(len);
        let slice = Slice { file: Arc::clone(&self.file), at: begin, end };
        let unpack = match (member.method, member.unsure) {
            (0, false) => Unpack::Stored(slice),
            (8, _) => Unpack::Deflate(Box::new(Deflate::new(Stored::above(Box::new(slice))))),
            (93, _) => Unpack::Zstd(Box::new(Zstd::new(Stored::above(Box::new(slice)))?)),
            _ => return Err(broken()),
        };
        let told = (!member.unsure).then_some((member.size, member.crc));
        let whole = Arc::clone(&self.whole);
        let crc = Crc::new();
        Ok(Box::new(Checked { unpack, told, packed: len, made: 0, whole, crc, ratio_stop }))
    }
}

/// A range of bytes of a file.
struct Slice {
    file: Arc<dyn RandomRead>,
    at: u64,
    end: u64,
}

impl Read for Slice {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.end.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let most = most.min(buffer.len());
        let n = self.file.read_at(buffer.get_mut(..most).unwrap_or_default(), self.at)?;
        self.at += length(n);
        Ok(n)
    }
}

enum Unpack {
    Stored(Slice),
    Deflate(Box<Deflate>),
    Zstd(Box<Zstd>),
}

/// Whether so many bytes are more than stored ones can honestly expand to.
fn is_bomb(made: u64, stored: u64, ratio_stop: u64) -> bool {
    made > RATIO_FROM && made / stored.max(1) > ratio_stop
}

/// Unpacks a member, and at its end checks size and checksum.
struct Checked {
    unpack: Unpack,
    /// Expected size and checksum.
    told: Option<(u64, u32)>,
    packed: u64,
    made: u64,
    whole: Arc<Whole>,
    crc: Crc,
    ratio_stop: u64,
}

impl Read for Checked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let n = match &mut self.unpack {
            Unpack::Stored(slice) => slice.read(buffer)?,
            Unpack::Deflate(deflate) => deflate.read(buffer)?,
            Unpack::Zstd(zstd) => zstd.read(buffer)?,
        };
        self.crc.update(buffer.get(..n).unwrap_or_default());
        self.made += length(n);
        let is_too_much = self.whole.is_bomb(length(n), self.ratio_stop);
        if is_too_much || is_bomb(self.made, self.packed, self.ratio_stop) {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        if let Some((size, crc)) = self.told
            && n == 0
        {
            if self.made < size && matches!(self.unpack, Unpack::Stored(_)) {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if (self.made, self.crc.sum()) != (size, crc) {
                return Err(broken());
            }
        }
        Ok(n)
    }
}

/// 64-bit sizes and offset: each is in the extra field only if the 32-bit field is all ones.
fn wide(mut extra: &[u8], fields: [Option<&mut u64>; 3]) {
    while let (Ok(id), Ok(len)) = (u16_at(extra, 0), u16_at(extra, 2)) {
        let end = 4 + usize::from(len);
        if id == 1 {
            let mut numbers = extra.get(4..end).unwrap_or_default();
            for field in fields.into_iter().flatten().filter(|field| **field == 0xffff_ffff) {
                let Ok(number) = u64_at(numbers, 0) else { return };
                *field = number;
                numbers = numbers.get(8..).unwrap_or_default();
            }
            return;
        }
        extra = extra.get(end..).unwrap_or_default();
    }
}

/// What a member is, judging by its name and by the mode that Unix writers store.
fn entry(name: &[u8], attributes: u32) -> Entry {
    match (attributes >> 16) & 0o170_000 {
        0o120_000 => Entry::Link,
        0o010_000 | 0o020_000 | 0o060_000 | 0o140_000 => Entry::Device,
        _ if name.ends_with(b"/") || name.ends_with(b"\\") => Entry::Folder,
        _ => Entry::File,
    }
}

fn text(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}

fn broken() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "damaged zip")
}

fn number<const N: usize>(bytes: &[u8], at: usize) -> io::Result<[u8; N]> {
    bytes.get(at..at + N).and_then(|bytes| bytes.try_into().ok()).ok_or_else(broken)
}

fn u16_at(bytes: &[u8], at: usize) -> io::Result<u16> {
    number(bytes, at).map(u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> io::Result<u32> {
    number(bytes, at).map(u32::from_le_bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> io::Result<u64> {
    number(bytes, at).map(u64::from_le_bytes)
}
