//! Broken lines, one kind for each reason to reject one, and the untidiness of real files.

use std::io::{self, Write};

use super::rng::Rng;

/// One line in so many is broken: a third of a per cent.
const EVERY: u64 = 320;

/// Longer lines are too long for queuestat, bytes.
const LONGEST: usize = 1 << 20;

/// A broken line, without its line end: made from a good one, or in its place.
fn broken(good: &[u8], organization: &str, rng: &mut Rng) -> Vec<u8> {
    let organization = format!("\"organization\":\"{organization}\"");
    let called = "\"type\":\"positionCalled\"";
    match rng.below(10) {
        0 => b"GET /health HTTP/1.1 200".to_vec(),
        // Cut off in the middle of the file.
        1 => good.get(..good.len() / 2).unwrap_or_default().to_vec(),
        2 => b"[1,2,3]".to_vec(),
        3 => format!("{{\"type\":\"positionCreated\",{organization}}}").into_bytes(),
        4 => format!("{{\"data\":{{\"position\":{{\"id\":\"7\"}}}},{organization}}}").into_bytes(),
        5 => format!("{{\"data\":{{\"position\":{{\"id\":\"\"}}}},{called},{organization}}}")
            .into_bytes(),
        6 => format!("{{\"data\":{{\"position\":{{\"id\":\"7\"}}}},{called}}}").into_bytes(),
        7 => format!(
            "{{\"data\":{{\"position\":{{\"id\":\"7\",\"id\":\"8\"}}}},{called},{organization}}}"
        )
        .into_bytes(),
        8 => {
            let mut line = b"{\"data\":{\"position\":{\"id\":\"7\",\"location\":\"K".to_vec();
            line.extend_from_slice(b"\xff\xfe");
            line.extend_from_slice(format!("llered\"}}}},{called},{organization}}}").as_bytes());
            line
        }
        _ => format!("{{\"data\":{{\"position\":null}},{called},{organization}}}").into_bytes(),
    }
}

/// Writes lines and counts them; with faults, adds broken, repeated, blank and out-of-order lines.
#[derive(Debug)]
pub(super) struct Sprinkler<'a> {
    organization: &'a str,
    /// Source of chance; `None` = no faults.
    rng: Option<Rng>,
    /// A line that is held back until after the next one.
    held: Vec<u8>,
    pub(super) lines: u64,
    pub(super) bytes: u64,
}

impl<'a> Sprinkler<'a> {
    /// Begins a file; pass `rng` for faults.
    pub(super) fn new(organization: &'a str, rng: Option<Rng>) -> Self {
        Self { organization, rng, held: Vec::new(), lines: 0, bytes: 0 }
    }

    /// Writes what comes before the first line.
    pub(super) fn begin(&mut self, too_long: bool, sink: &mut dyn Write) -> io::Result<()> {
        let Some(rng) = &mut self.rng else { return Ok(()) };
        if rng.chance(0.1) {
            sink.write_all(b"\xef\xbb\xbf")?;
            self.bytes += 3;
        }
        if too_long {
            let mut line = b"{\"message\":\"".to_vec();
            line.resize(LONGEST, b'a');
            line.extend_from_slice(b"\"}\n");
            self.emit(&line, sink)?;
        }
        Ok(())
    }

    /// Writes one line with its line end.
    pub(super) fn line(&mut self, line: &[u8], sink: &mut dyn Write) -> io::Result<()> {
        let Some(rng) = &mut self.rng else { return self.emit(line, sink) };
        // For nearly all lines, a single draw decides that nothing happens to them.
        if rng.chance(0.97) {
            self.emit(line, sink)?;
            return self.release(sink);
        }
        let body = line.strip_suffix(b"\n").unwrap_or(line);
        if rng.chance(1.0 / (0.03 * EVERY as f64)) {
            let mut bad = broken(body, self.organization, rng);
            bad.push(b'\n');
            self.emit(&bad, sink)?;
            self.emit(line, sink)?;
            return self.release(sink);
        }
        match rng.below(10) {
            0..4 => {
                // Sent twice.
                self.emit(line, sink)?;
                self.emit(line, sink)?;
            }
            4 => {
                self.emit(b"  \r\n", sink)?;
                self.emit(line, sink)?;
            }
            5 => {
                let mut windows = body.to_vec();
                windows.extend_from_slice(b"\r\n");
                self.emit(&windows, sink)?;
            }
            // Overtaken by the next line.
            _ if self.held.is_empty() => {
                self.held = line.to_vec();
                return Ok(());
            }
            _ => self.emit(line, sink)?,
        }
        self.release(sink)
    }

    /// Writes the line that is held back, if any. Call it after the last line.
    pub(super) fn release(&mut self, sink: &mut dyn Write) -> io::Result<()> {
        if self.held.is_empty() {
            return Ok(());
        }
        let held = std::mem::take(&mut self.held);
        self.emit(&held, sink)
    }

    /// Bytes that are not lines.
    pub(super) fn beside(&mut self, bytes: &[u8], sink: &mut dyn Write) -> io::Result<()> {
        self.bytes += bytes.len() as u64;
        sink.write_all(bytes)
    }

    fn emit(&mut self, line: &[u8], sink: &mut dyn Write) -> io::Result<()> {
        self.lines += 1;
        self.bytes += line.len() as u64;
        sink.write_all(line)
    }
}
