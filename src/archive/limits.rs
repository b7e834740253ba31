//! Caps against lines, files and expansions beyond all reason.

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
