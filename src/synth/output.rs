//! One file of the archive, perhaps compressed.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::Compression;
use super::write::SynthError;

/// A file being written. It must be [finished](Self::finish): what cannot be written to the end is an error, not a
/// short file.
pub(super) struct Output {
    path: PathBuf,
    pub(super) sink: Sink,
}

/// Where the lines go.
pub(super) enum Sink {
    Plain(BufWriter<File>),
    Gzip(flate2::write::GzEncoder<BufWriter<File>>),
    Zstd(zstd::Encoder<'static, BufWriter<File>>),
}

impl Output {
    /// Creates a file in a folder, and the folder; `name` gets the suffix of the compression.
    pub(super) fn create(folder: &Path, name: &str, kind: Compression) -> Result<Self, SynthError> {
        let suffix = match kind {
            Compression::Plain | Compression::Mixed => "",
            Compression::Gzip => ".gz",
            Compression::Zstd => ".zst",
        };
        let path = folder.join(format!("{name}{suffix}"));
        let open = || {
            fs::create_dir_all(folder)?;
            let file = BufWriter::with_capacity(1 << 18, File::create(&path)?);
            // The levels are part of the bytes; the gzip header has neither time nor name.
            Ok(match kind {
                Compression::Plain | Compression::Mixed => Sink::Plain(file),
                Compression::Gzip => {
                    Sink::Gzip(flate2::write::GzEncoder::new(file, flate2::Compression::new(6)))
                }
                Compression::Zstd => Sink::Zstd(zstd::Encoder::new(file, 3)?),
            })
        };
        let opened: io::Result<Sink> = open();
        match opened {
            Ok(sink) => Ok(Self { path, sink }),
            Err(source) => Err(SynthError::Io { path, source }),
        }
    }

    /// Turns the refusal of a write into an error that names the file.
    pub(super) fn trouble(&self) -> impl FnOnce(io::Error) -> SynthError {
        |source| SynthError::Io { path: self.path.clone(), source }
    }

    /// Writes what is still in buffers, and the end of the compressed data.
    pub(super) fn finish(self) -> Result<(), SynthError> {
        let Self { path, sink } = self;
        let finished = match sink {
            Sink::Plain(file) => Ok(file),
            Sink::Gzip(encoder) => encoder.finish(),
            Sink::Zstd(encoder) => encoder.finish(),
        };
        let flushed = finished.and_then(|mut file| file.flush());
        flushed.map_err(|source| SynthError::Io { path, source })
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(file) => file.write(bytes),
            Self::Gzip(encoder) => encoder.write(bytes),
            Self::Zstd(encoder) => encoder.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(file) => file.flush(),
            Self::Gzip(encoder) => encoder.flush(),
            Self::Zstd(encoder) => encoder.flush(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_an_error_at_the_latest_at_the_end() {
        if !Path::new("/dev/full").exists() {
            return;
        }
        for kind in [Compression::Plain, Compression::Gzip, Compression::Zstd] {
            let mut output =
                Output::create(&std::env::temp_dir(), "never", Compression::Plain).unwrap();
            fs::remove_file(&output.path).unwrap();
            let full = BufWriter::new(File::create("/dev/full").unwrap());
            output.sink = match kind {
                Compression::Plain | Compression::Mixed => Sink::Plain(full),
                Compression::Gzip => {
                    Sink::Gzip(flate2::write::GzEncoder::new(full, flate2::Compression::new(6)))
                }
                Compression::Zstd => Sink::Zstd(zstd::Encoder::new(full, 3).unwrap()),
            };
            output.sink.write_all(b"{}\n").unwrap();
            assert!(matches!(output.finish(), Err(SynthError::Io { .. })), "{kind:?}");
        }
    }
}
