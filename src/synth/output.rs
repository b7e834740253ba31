//! Writes one file of the archive, perhaps compressed.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::container::Compression;
use super::error::SynthError;

/// A file being written. It must be [finished](Self::finish), so that a failure at the end is an error and not a short
/// file.
pub(super) struct Output {
    path: PathBuf,
    pub(super) sink: Sink,
}

type Buffered = BufWriter<File>;

/// Where the bytes go.
pub(super) enum Sink {
    Plain(Buffered),
    Gzip(flate2::write::GzEncoder<Buffered>),
    Zstd(zstd::Encoder<'static, Buffered>),
    Bzip2(bzip2::write::BzEncoder<Buffered>),
    Xz(Box<lzma_rust2::XzWriter<Buffered>>),
    Lz4(Box<lz4_flex::frame::FrameEncoder<Buffered>>),
    GzipTwice(Box<flate2::write::GzEncoder<flate2::write::GzEncoder<Buffered>>>),
}

impl Compression {
    /// The suffix of its files.
    const fn suffix(self) -> &'static str {
        match self {
            Self::Plain | Self::Mixed => "",
            Self::Gzip => ".gz",
            Self::Zstd => ".zst",
            Self::Bzip2 => ".bz2",
            Self::Xz => ".xz",
            Self::Lz4 => ".lz4",
            Self::GzipTwice => ".gz.gz",
        }
    }
}

impl Output {
    /// Creates a file in a folder, and the folder if needed; the suffix of the compression is appended to `name`.
    pub(super) fn create(folder: &Path, name: &str, kind: Compression) -> Result<Self, SynthError> {
        let path = folder.join(format!("{name}{}", kind.suffix()));
        let open = || {
            fs::create_dir_all(folder)?;
            Sink::new(BufWriter::with_capacity(1 << 18, File::create(&path)?), kind)
        };
        let opened: io::Result<Sink> = open();
        match opened {
            Ok(sink) => Ok(Self { path, sink }),
            Err(source) => Err(SynthError::Io { path, source }),
        }
    }

    /// Its path and sink, for a tar that is compressed as a whole.
    pub(super) fn into_parts(self) -> (PathBuf, Sink) {
        (self.path, self.sink)
    }

    /// Turns a write error into one that names the file.
    pub(super) fn trouble(&self) -> impl FnOnce(io::Error) -> SynthError {
        |source| SynthError::Io { path: self.path.clone(), source }
    }

    /// Writes what is still buffered and the end of the compressed data.
    pub(super) fn finish(self) -> Result<(), SynthError> {
        let Self { path, sink } = self;
        sink.finish().map_err(|source| SynthError::Io { path, source })
    }
}

impl Sink {
    /// The levels affect the bytes, so they never change; the gzip header has neither time nor name. bzip2 and xz use a
    /// level that is still fast, since archives of a gigabyte are written with them.
    pub(super) fn new(file: Buffered, kind: Compression) -> io::Result<Self> {
        let gzip = |level| flate2::Compression::new(level);
        Ok(match kind {
            Compression::Plain | Compression::Mixed => Self::Plain(file),
            Compression::Gzip => Self::Gzip(flate2::write::GzEncoder::new(file, gzip(6))),
            Compression::Zstd => Self::Zstd(zstd::Encoder::new(file, 3)?),
            Compression::Bzip2 => {
                Self::Bzip2(bzip2::write::BzEncoder::new(file, bzip2::Compression::new(9)))
            }
            Compression::Xz => {
                let options = lzma_rust2::XzOptions::with_preset(1);
                Self::Xz(Box::new(lzma_rust2::XzWriter::new(file, options)?))
            }
            Compression::Lz4 => Self::Lz4(Box::new(lz4_flex::frame::FrameEncoder::new(file))),
            Compression::GzipTwice => {
                let outer = flate2::write::GzEncoder::new(file, gzip(1));
                Self::GzipTwice(Box::new(flate2::write::GzEncoder::new(outer, gzip(6))))
            }
        })
    }

    /// Writes the end of the compressed data and what is still buffered.
    pub(super) fn finish(self) -> io::Result<()> {
        let mut file = match self {
            Self::Plain(file) => file,
            Self::Gzip(encoder) => encoder.finish()?,
            Self::Zstd(encoder) => encoder.finish()?,
            Self::Bzip2(encoder) => encoder.finish()?,
            Self::Xz(encoder) => encoder.finish()?,
            Self::Lz4(encoder) => encoder.finish().map_err(io::Error::other)?,
            Self::GzipTwice(encoder) => encoder.finish()?.finish()?,
        };
        file.flush()
    }

    fn stream(&mut self) -> &mut dyn Write {
        match self {
            Self::Plain(file) => file,
            Self::Gzip(encoder) => encoder,
            Self::Zstd(encoder) => encoder,
            Self::Bzip2(encoder) => encoder,
            Self::Xz(encoder) => encoder,
            Self::Lz4(encoder) => encoder,
            Self::GzipTwice(encoder) => encoder,
        }
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream().flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Compression::{Bzip2, Gzip, GzipTwice, Lz4, Plain, Xz, Zstd};

    #[test]
    fn a_full_disk_is_an_error_at_the_latest_at_the_end() {
        if !Path::new("/dev/full").exists() {
            return;
        }
        for kind in [Plain, Gzip, Zstd, Bzip2, Xz, Lz4, GzipTwice] {
            let mut output = Output::create(&std::env::temp_dir(), "never", Plain).unwrap();
            fs::remove_file(&output.path).unwrap();
            let full = BufWriter::new(File::create("/dev/full").unwrap());
            output.sink = Sink::new(full, kind).unwrap();
            output.sink.write_all(b"{}\n").unwrap();
            assert!(matches!(output.finish(), Err(SynthError::Io { .. })), "{kind:?}");
        }
    }
}
