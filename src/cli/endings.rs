//! Names of files that promise a format.

use std::path::Path;

use super::failure::{Exit, Failure};

/// Endings that programs open as what they say: CSV under such a name would be taken for something else.
const PROMISES: [&str; 27] = [
    "7z", "arrow", "avro", "bz2", "db", "feather", "gz", "htm", "html", "ipc", "json", "jsonl",
    "lz4", "markdown", "md", "ndjson", "ods", "orc", "parquet", "pdf", "sqlite", "tsv", "xls",
    "xlsx", "xz", "zip", "zst",
];

/// Refuses a file whose name promises a format that is none of the `known` ones; other endings promise nothing.
///
/// # Errors
/// The name, and what may be written instead.
pub(super) fn refuse_promise(path: &Path, known: &str) -> Result<(), Failure> {
    let ending = path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
    match ending {
        Some(ending) if PROMISES.contains(&ending.as_str()) => {
            let message = format!(
                "`{}` cannot be written: no format of this answer is called .{ending}",
                path.display()
            );
            Err(Failure::new(Exit::Usage, message)
                .hint(format!("end the name in {known}, or say with --format what it is to hold")))
        }
        Some(_) | None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_promises_only_what_is_kept() {
        for name in ["a.csv.gz", "a.XLS", "b/c.json", "d.tsv"] {
            let failure = refuse_promise(Path::new(name), ".csv").unwrap_err();
            assert_eq!(failure.exit, Exit::Usage);
            assert!(failure.text().contains("end the name in .csv"), "{name}");
        }
        for name in ["a", "tmp.Xa82b", "a.txt", "/dev/stdout", ".json", "a.json/b"] {
            assert!(refuse_promise(Path::new(name), ".csv").is_ok(), "{name}");
        }
        assert!(PROMISES.is_sorted());
    }
}
