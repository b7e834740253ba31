//! Packs several files into a tar or zip, member by member.

use std::fs::{self, File};
use std::io::{self, BufWriter, Seek, Write};
use std::path::{Path, PathBuf};

use zip::write::SimpleFileOptions;

use super::container::{Compression, Pack};
use super::error::SynthError;
use super::output::{Output, Sink};

/// A tar or zip being written. It must be [finished](Self::finish).
pub(super) struct Packed {
    path: PathBuf,
    kind: Kind,
}

enum Kind {
    Tar {
        builder: Box<tar::Builder<Sink>>,
        /// The current member: path, name and file. A tar needs its length first, so it is written to a file of its own.
        member: Option<(PathBuf, String, BufWriter<File>)>,
    },
    Zip {
        writer: Box<zip::ZipWriter<BufWriter<File>>>,
        options: SimpleFileOptions,
    },
}

impl Packed {
    /// Creates a tar or zip in a folder, and the folder if needed; suffixes are appended to `name`. `None` if files are not
    /// to be packed.
    pub(super) fn create(
        folder: &Path,
        name: &str,
        (pack, compression): (Pack, Compression),
    ) -> Result<Option<Self>, SynthError> {
        match pack {
            Pack::Loose => Ok(None),
            Pack::Tar => {
                let output = Output::create(folder, &format!("{name}.tar"), compression)?;
                let (path, sink) = output.into_parts();
                let builder = Box::new(tar::Builder::new(sink));
                Ok(Some(Self { path, kind: Kind::Tar { builder, member: None } }))
            }
            Pack::Zip => {
                let path = folder.join(format!("{name}.zip"));
                let method = match compression {
                    Compression::Plain => zip::CompressionMethod::Stored,
                    Compression::Zstd => zip::CompressionMethod::Zstd,
                    Compression::Gzip
                    | Compression::Mixed
                    | Compression::Bzip2
                    | Compression::Xz
                    | Compression::Lz4
                    | Compression::GzipTwice => zip::CompressionMethod::Deflated,
                };
                // Members may exceed 4 GiB. The time is fixed, so that the bytes are always the same.
                let options = SimpleFileOptions::default()
                    .compression_method(method)
                    .large_file(true)
                    .last_modified_time(zip::DateTime::default());
                let created = fs::create_dir_all(folder).and_then(|()| File::create(&path));
                match created {
                    Ok(file) => {
                        let file = BufWriter::with_capacity(1 << 18, file);
                        let writer = Box::new(zip::ZipWriter::new(file));
                        Ok(Some(Self { path, kind: Kind::Zip { writer, options } }))
                    }
                    Err(source) => Err(SynthError::Io { path, source }),
                }
            }
        }
    }

    /// Turns a write error into one that names the file.
    pub(super) fn trouble(&self) -> impl FnOnce(io::Error) -> SynthError {
        |source| SynthError::Io { path: self.path.clone(), source }
    }

    /// Begins a member; everything written from now on belongs to it.
    pub(super) fn begin(&mut self, name: &str) -> io::Result<()> {
        match &mut self.kind {
            Kind::Tar { member, .. } => {
                let mut beside = self.path.clone().into_os_string();
                beside.push(".member");
                let beside = PathBuf::from(beside);
                let file = File::options()
                    .read(true)
                    .write(true)
                    .create(true)
                    .truncate(true)
                    .open(&beside)?;
                let file = BufWriter::with_capacity(1 << 18, file);
                *member = Some((beside, name.to_owned(), file));
                Ok(())
            }
            Kind::Zip { writer, options } => {
                writer.start_file(name, *options).map_err(io::Error::other)
            }
        }
    }

    /// Ends the member.
    pub(super) fn end(&mut self) -> io::Result<()> {
        let Kind::Tar { builder, member } = &mut self.kind else { return Ok(()) };
        let Some((beside, name, file)) = member.take() else { return Ok(()) };
        let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        let mut header = tar::Header::new_gnu();
        header.set_size(file.stream_position()?);
        header.set_mode(0o644);
        header.set_mtime(0);
        file.rewind()?;
        builder.append_data(&mut header, &name, &file)?;
        fs::remove_file(beside)
    }

    /// Writes the index, the end of the compressed data, and what is still buffered.
    pub(super) fn finish(self) -> Result<(), SynthError> {
        let Self { path, kind } = self;
        let finished = match kind {
            Kind::Tar { builder, .. } => builder.into_inner().and_then(Sink::finish),
            Kind::Zip { writer, .. } => {
                writer.finish().map_err(io::Error::other).and_then(|mut file| file.flush())
            }
        };
        finished.map_err(|source| SynthError::Io { path, source })
    }

    fn stream(&mut self) -> io::Result<&mut dyn Write> {
        match &mut self.kind {
            Kind::Tar { member: Some((_, _, file)), .. } => Ok(file),
            Kind::Tar { member: None, .. } => Err(io::Error::other("no member was begun")),
            Kind::Zip { writer, .. } => Ok(writer),
        }
    }
}

impl Write for Packed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream()?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream()?.flush()
    }
}
