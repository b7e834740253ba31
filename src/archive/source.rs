//! Opens a file and hands out its decompressed bytes, with an eye on how they end.

use std::fs::File;
use std::io::{self, BufRead, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::GzDecoder;
use rustix::fs::{Mode, OFlags};

use super::discover::{Candidate, Place};
use super::error::ArchiveError;
use super::sniff;

/// How a file is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    Plain,
    /// gzip, any number of members.
    Gzip,
    /// zstd, any number of frames.
    Zstd,
}

/// Caps against lines, files and expansions beyond all reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest line, bytes without the line end.
    pub line: usize,
    /// Largest file after decompression, bytes.
    pub file: u64,
    /// Expansion that is worth a warning.
    pub ratio_warning: u64,
    /// Expansion that is stopped: gzip cannot exceed 1,032, real archives stay near 10.
    pub ratio_stop: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { line: 1 << 20, file: 64 << 30, ratio_warning: 200, ratio_stop: 1_500 }
    }
}

/// Expansion is judged only from this much output on.
const RATIO_FROM: u64 = 1 << 20;

/// Largest zstd window, as a power of two: 128 MiB.
const ZSTD_WINDOW_LOG: u32 = 27;

/// How the bytes of a file ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// As they should.
    Complete,
    /// The compressed data stop in the middle.
    Truncated,
    /// The compressed data are damaged.
    Corrupt,
    /// They expand beyond a cap.
    TooLarge,
}

/// What is known of a file once it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    /// How the bytes ended.
    pub end: End,
    /// How the file is compressed.
    pub compression: Compression,
    /// Bytes read from the storage.
    pub stored: u64,
    /// Bytes after decompression.
    pub decompressed: u64,
    /// Bytes behind the compressed data belong to nothing.
    pub trailing_garbage: bool,
    /// It expands more than is usual.
    pub suspicious_ratio: bool,
}

/// Counts the bytes read from the storage.
struct Counted<R> {
    inner: R,
    count: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.count.fetch_add(u64::try_from(n).unwrap_or(0), Ordering::Relaxed);
        Ok(n)
    }
}

/// Stored bytes, with a few that were looked at and given back in front of them.
struct Stored {
    given_back: Vec<u8>,
    inner: io::BufReader<Box<dyn Read + Send>>,
}

impl Stored {
    /// The next four bytes, fewer at the end, without consuming them.
    fn peek(&mut self) -> io::Result<&[u8]> {
        let wanted = sniff::MAGIC.saturating_sub(self.given_back.len());
        let mut more = Vec::with_capacity(wanted);
        self.inner.by_ref().take(u64::try_from(wanted).unwrap_or(0)).read_to_end(&mut more)?;
        self.given_back.append(&mut more);
        Ok(&self.given_back)
    }

    /// Skips the zeros that tapes and block devices pad with; whether anything follows.
    fn skip_padding(&mut self) -> io::Result<bool> {
        loop {
            let head = self.peek()?;
            if head.is_empty() {
                return Ok(false);
            }
            let zeros = head.iter().take_while(|byte| **byte == 0).count();
            if zeros == 0 {
                return Ok(true);
            }
            self.given_back.drain(..zeros);
        }
    }
}

impl Read for Stored {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given_back.is_empty() {
            return self.inner.read(buffer);
        }
        let n = self.given_back.as_slice().read(buffer)?;
        self.given_back.drain(..n);
        Ok(n)
    }
}

impl BufRead for Stored {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.given_back.is_empty() { self.inner.fill_buf() } else { Ok(&self.given_back) }
    }

    fn consume(&mut self, n: usize) {
        if self.given_back.is_empty() {
            self.inner.consume(n);
        } else {
            self.given_back.drain(..n.min(self.given_back.len()));
        }
    }
}

/// The decompressed bytes of a file.
pub(super) struct Source {
    reader: Unpack,
    limits: Limits,
    compression: Compression,
    stored: Arc<AtomicU64>,
    decompressed: u64,
    end: Option<End>,
    trailing_garbage: bool,
}

enum Unpack {
    Plain(Stored),
    Gzip(Box<GzDecoder<Stored>>),
    Zstd(Box<zstd::stream::read::Decoder<'static, Stored>>),
    Done,
}

impl Source {
    /// Opens a file; an error here is "cannot be opened", not "failed while reading".
    pub(super) fn open(candidate: &Candidate, limits: Limits) -> Result<Self, ArchiveError> {
        let trouble = |source| ArchiveError::Io { name: candidate.name.clone(), source };
        let stored = Arc::new(AtomicU64::new(0));
        let raw: Box<dyn Read + Send> = match &candidate.place {
            Place::StandardInput => Box::new(io::stdin()),
            Place::File(path) => {
                let file = open_regular(path).map_err(trouble)?;
                let size = file.metadata().map_err(trouble)?.len();
                // A file that grows while it is read ends where it ended when it was opened.
                Box::new(file.take(size))
            }
        };
        let counted = Counted { inner: raw, count: Arc::clone(&stored) };
        let mut whole = Stored {
            given_back: Vec::new(),
            inner: io::BufReader::with_capacity(256 << 10, Box::new(counted)),
        };
        let compression = sniff::compression(whole.peek().map_err(trouble)?);
        let reader = unpack(whole, compression).map_err(trouble)?;
        Ok(Self {
            reader,
            limits,
            compression,
            stored,
            decompressed: 0,
            end: None,
            trailing_garbage: false,
        })
    }

    /// Fills the buffer as far as it goes; 0 = the end. Only trouble of the storage is an error.
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.end.is_some() || buffer.is_empty() {
            return Ok(0);
        }
        let n = match self.read_some(buffer) {
            Ok(n) => n,
            Err(error) => match damage(&error, self.compression) {
                Some(end) => {
                    self.end = Some(end);
                    return Ok(0);
                }
                None => return Err(error),
            },
        };
        self.decompressed += u64::try_from(n).unwrap_or(0);
        if n == 0 {
            self.end = Some(End::Complete);
        } else if self.decompressed > self.limits.file || self.ratio() > self.limits.ratio_stop {
            self.end = Some(End::TooLarge);
            return Ok(0);
        }
        Ok(n)
    }

    fn read_some(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let n = match &mut self.reader {
                Unpack::Plain(raw) => return retry(|| raw.read(buffer)),
                Unpack::Gzip(gzip) => retry(|| gzip.read(buffer))?,
                Unpack::Zstd(zstd) => retry(|| zstd.read(buffer))?,
                Unpack::Done => return Ok(0),
            };
            if n > 0 {
                return Ok(n);
            }
            // A member or frame has ended: another one, padding, or something else may follow.
            let mut rest = match std::mem::replace(&mut self.reader, Unpack::Done) {
                Unpack::Gzip(gzip) => gzip.into_inner(),
                Unpack::Zstd(zstd) => zstd.finish(),
                Unpack::Plain(_) | Unpack::Done => return Ok(0),
            };
            if !rest.skip_padding()? {
                return Ok(0);
            }
            let head = rest.peek()?;
            if sniff::compression(head) == self.compression {
                self.reader = unpack(rest, self.compression)?;
            } else if is_begin_of_magic(head, self.compression) {
                // The first bytes of a next member's mark: cut off, not garbage.
                return Err(io::ErrorKind::UnexpectedEof.into());
            } else {
                self.trailing_garbage = true;
                return Ok(0);
            }
        }
    }

    fn ratio(&self) -> u64 {
        if self.compression == Compression::Plain || self.decompressed < RATIO_FROM {
            return 0;
        }
        self.decompressed / self.stored.load(Ordering::Relaxed).max(1)
    }

    /// Bytes read from the storage so far.
    pub(super) fn stored(&self) -> u64 {
        self.stored.load(Ordering::Relaxed)
    }

    /// What is known now.
    pub(super) fn ending(&self) -> Ending {
        Ending {
            end: self.end.unwrap_or(End::Complete),
            compression: self.compression,
            stored: self.stored(),
            decompressed: self.decompressed,
            trailing_garbage: self.trailing_garbage,
            suspicious_ratio: self.ratio() > self.limits.ratio_warning,
        }
    }
}

/// Opens without waiting for the other end of a pipe, and takes regular files only.
pub(super) fn open_regular(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = File::from(rustix::fs::open(path, flags, Mode::empty())?);
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::Error::new(io::ErrorKind::InvalidInput, "no regular file"))
    }
}

fn unpack(stored: Stored, compression: Compression) -> io::Result<Unpack> {
    Ok(match compression {
        Compression::Plain => Unpack::Plain(stored),
        Compression::Gzip => Unpack::Gzip(Box::new(GzDecoder::new(stored))),
        Compression::Zstd => {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(stored)?.single_frame();
            decoder.window_log_max(ZSTD_WINDOW_LOG)?;
            Unpack::Zstd(Box::new(decoder))
        }
    })
}

fn is_begin_of_magic(head: &[u8], compression: Compression) -> bool {
    let magic: &[u8] = match compression {
        Compression::Gzip => &[0x1f, 0x8b],
        Compression::Zstd => &[0x28, 0xb5, 0x2f, 0xfd],
        Compression::Plain => return false,
    };
    head.len() < magic.len() && magic.starts_with(head)
}

fn retry(mut read: impl FnMut() -> io::Result<usize>) -> io::Result<usize> {
    loop {
        match read() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

/// Tells damaged data from trouble of the storage: the decoders make errors of their own, which carry no code of the
/// operating system.
fn damage(error: &io::Error, compression: Compression) -> Option<End> {
    if compression == Compression::Plain || error.raw_os_error().is_some() {
        return None;
    }
    Some(if error.kind() == io::ErrorKind::UnexpectedEof { End::Truncated } else { End::Corrupt })
}
