//! Caps that protect against absurdly long lines, large files and compression bombs.

/// Caps on lines, files and expansion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest line, bytes, without the line end.
    pub line: usize,
    /// Largest size of a file after decompression, bytes.
    pub file: u64,
    /// Expansion (decompressed by stored bytes) above which a warning is due.
    pub ratio_warning: u64,
    /// Expansion above which reading stops: gzip cannot exceed 1,032, real archives stay near 10.
    pub ratio_stop: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { line: 1 << 20, file: 64 << 30, ratio_warning: 200, ratio_stop: 1_500 }
    }
}
