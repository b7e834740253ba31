//! Kinds of files that hold no archived webhooks, recognised by their first bytes: in plain words, with what to do.

/// A kind of file that is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind {
    /// What it is, as in "2 Parquet, 1 PNG".
    pub(super) name: &'static str,
    /// What to do about it.
    pub(super) advice: &'static str,
}

const CONVERT: &str = "convert it to JSON lines, for example with DuckDB: \
     COPY (FROM 'file') TO 'file.jsonl'; then read that";
const AVRO: &str = "convert it to JSON lines, for example with `avro-tools tojson`; then read that";
const UNPACK: &str = "unpack it, or pack it as zip or tar, then read that";
const EXCLUDE: &str = "move it away, or name it in `archive.exclude`";

const fn kind(name: &'static str, advice: &'static str) -> Kind {
    Kind { name, advice }
}

/// Text in which nothing looks like a record.
pub(super) const TEXT: Kind = kind("text without records", EXCLUDE);
/// Neither text nor of a known kind.
pub(super) const BINARY: Kind = kind("binary data of an unknown kind", EXCLUDE);
/// A container in a container.
pub(super) const NESTED: Kind =
    kind("container in a container", "unpack the outer one, then read what it holds");
/// A zip that is itself compressed.
pub(super) const PACKED_ZIP: Kind =
    kind("compressed zip", "undo the compression, then read the zip");
/// A member that is encrypted.
pub(super) const ENCRYPTED: Kind =
    kind("encrypted zip member", "unpack it with its password, then read that");
/// A member compressed with an unsupported method.
pub(super) const METHOD: Kind =
    kind("zip member of an unknown method", "pack it with deflate or zstd, then read that");
/// A link in a container.
pub(super) const LINK: Kind =
    kind("link", "what it points to is read where it stands, if it is there");
/// A device, pipe or the like in a container or folder.
pub(super) const DEVICE: Kind = kind("device or pipe", EXCLUDE);
/// A file with holes, in the old GNU form.
pub(super) const SPARSE: Kind =
    kind("sparse tar member", "pack it without --sparse, then read that");
/// A link to nothing.
pub(super) const NOWHERE: Kind =
    kind("link that leads nowhere", "restore what it points to, or remove it");

const SQLITE: Kind = kind("SQLite", "export the table as CSV or JSON lines; then read that");
const OFFICE: Kind = kind("Office document", EXCLUDE);
const JAVA: Kind = kind("Java archive", EXCLUDE);
const PROGRAM: Kind = kind("executable", EXCLUDE);

/// Marks that are text themselves.
const TEXTS: &[(&[u8], Kind)] = &[
    (b"age-encryption.org/", kind("encrypted file (age)", "decrypt it; then read that")),
    (b"-----BEGIN PGP MESSAGE", kind("encrypted file (PGP)", "decrypt it; then read that")),
    (b"%PDF-", kind("PDF", EXCLUDE)),
    (b"{\\rtf", kind("RTF", EXCLUDE)),
];

/// Offset, mark and kind of binary files.
const MARKS: &[(usize, &[u8], Kind)] = &[
    (0, b"PAR1", kind("Parquet", CONVERT)),
    (0, b"PARE", kind("encrypted Parquet", CONVERT)),
    (0, b"Obj\x01", kind("Avro", AVRO)),
    (0, b"ORC", kind("ORC", CONVERT)),
    (0, b"ARROW1", kind("Arrow", CONVERT)),
    (0, b"SEQ\x06", kind("Hadoop sequence file", "convert it to JSON lines; then read that")),
    (
        0,
        b"\xff\x06\x00\x00sNaPpY",
        kind("snappy", "undo the compression, for example with `snzip -d`; then read that"),
    ),
    (
        0,
        b"\x02\x21\x4c\x18",
        kind("lz4 of the legacy form", "undo the compression with `lz4 -d`; then read that"),
    ),
    (
        0,
        b"\x1f\x9d",
        kind("Unix compress (.Z)", "undo the compression with `gzip -d`; then read that"),
    ),
    (
        0,
        b"\x1f\xa0",
        kind("Unix compress (.Z)", "undo the compression with `gzip -d`; then read that"),
    ),
    (0, b"LZIP", kind("lzip", "undo the compression with `lzip -d`; then read that")),
    (
        0,
        b"\x89LZO\x00\r\n\x1a\n",
        kind("lzop", "undo the compression with `lzop -d`; then read that"),
    ),
    (
        0,
        b"\xce\xb2\xcf\x81",
        kind("brotli", "undo the compression with `brotli -d`; then read that"),
    ),
    (0, b"7z\xbc\xaf\x27\x1c", kind("7z", UNPACK)),
    (0, b"Rar!\x1a\x07", kind("RAR", UNPACK)),
    (0, b"!<arch>\n", kind("ar archive", UNPACK)),
    (0, b"SQLite format 3\x00", SQLITE),
    (0, b"Salted__", kind("encrypted file (openssl)", "decrypt it; then read that")),
    (
        0,
        b"PGDMP",
        kind("PostgreSQL dump", "restore it and export the table with COPY; then read that"),
    ),
    (0, b"\x89PNG", kind("PNG", EXCLUDE)),
    (0, b"\xff\xd8\xff", kind("JPEG", EXCLUDE)),
    (0, b"GIF8", kind("GIF", EXCLUDE)),
    (8, b"WEBP", kind("WebP", EXCLUDE)),
    (8, b"WAVE", kind("WAV", EXCLUDE)),
    (4, b"ftyp", kind("MPEG-4", EXCLUDE)),
    (0, b"ID3\x03", kind("MP3", EXCLUDE)),
    (0, b"ID3\x04", kind("MP3", EXCLUDE)),
    (0, b"OggS", kind("Ogg", EXCLUDE)),
    (0, b"II*\x00", kind("TIFF", EXCLUDE)),
    (0, b"MM\x00*", kind("TIFF", EXCLUDE)),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OFFICE),
    (0, b"\x7fELF", PROGRAM),
    (0, b"MZ\x90\x00", PROGRAM),
    (0, b"\xcf\xfa\xed\xfe", PROGRAM),
    (0, b"\xca\xfe\xba\xbe", PROGRAM),
    (0, b"\x00asm", PROGRAM),
    (0, b"wOF2", kind("font", EXCLUDE)),
    (0, b"wOFF", kind("font", EXCLUDE)),
    (0, b"\x00\x00\x01\x00", kind("icon", EXCLUDE)),
];

/// The kind of a file that begins with `head`, if it is a known one.
pub(super) fn of(head: &[u8]) -> Option<Kind> {
    let begins = |at: usize, mark: &[u8]| head.get(at..).is_some_and(|rest| rest.starts_with(mark));
    if let Some((_, kind)) = TEXTS.iter().find(|(mark, _)| head.starts_with(mark)) {
        return Some(*kind);
    }
    // A text could begin with such letters, too.
    let is_text = |c: &u8| c.is_ascii_graphic() || c.is_ascii_whitespace();
    if head.iter().take(512).all(is_text) {
        return None;
    }
    let found = MARKS.iter().find(|(at, mark, _)| begins(*at, mark));
    found.map(|(_, _, kind)| *kind).or_else(|| of_zip(head))
}

/// Zips that are documents or programs show it by the name of their first member.
fn of_zip(head: &[u8]) -> Option<Kind> {
    let name = head.strip_prefix(b"PK\x03\x04").and_then(|rest| rest.get(26..))?;
    let office: [&[u8]; 5] =
        [b"[Content_Types].xml", b"_rels/", b"mimetype", b"docProps/", b"word/"];
    if office.iter().any(|mark| name.starts_with(mark)) {
        return Some(OFFICE);
    }
    name.starts_with(b"META-INF/").then_some(JAVA)
}
