//! Checksums: those that a store tells of an object, and those of the bytes that arrive.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use crc_fast::{CrcAlgorithm, Digest};

/// What a store tells of an object as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Told {
    crc32: Option<u64>,
    crc32c: Option<u64>,
    crc64: Option<u64>,
}

impl Told {
    /// Takes in a header of a response. A checksum of checksums (`…-3`, of an object sent in parts) says nothing of the
    /// bytes as a whole.
    pub(super) fn header(&mut self, name: &str, value: &str) {
        match name {
            "x-amz-checksum-crc32" => self.crc32 = number(value),
            "x-amz-checksum-crc32c" => self.crc32c = number(value),
            "x-amz-checksum-crc64nvme" => self.crc64 = number(value),
            "x-goog-hash" => {
                let sums = value.split(',').filter_map(|sum| sum.trim().strip_prefix("crc32c="));
                self.crc32c = sums.filter_map(number).next().or(self.crc32c);
            }
            _ => {}
        }
    }
}

fn number(text: &str) -> Option<u64> {
    let bytes = STANDARD.decode(text.trim()).ok().filter(|bytes| matches!(bytes.len(), 4 | 8))?;
    Some(bytes.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
}

/// The checksums of bytes so far.
pub(super) struct Sums([Digest; 3]);

impl Default for Sums {
    fn default() -> Self {
        let all = [CrcAlgorithm::Crc32IsoHdlc, CrcAlgorithm::Crc32Iscsi, CrcAlgorithm::Crc64Nvme];
        Self(all.map(Digest::new))
    }
}

impl Sums {
    /// Takes in more bytes.
    pub(super) fn update(&mut self, bytes: &[u8]) {
        for digest in &mut self.0 {
            digest.update(bytes);
        }
    }

    /// Whether the bytes are those that the store tells of. Without a checksum nothing is known against them.
    pub(super) fn agree(&self, told: Told) -> bool {
        let told = [told.crc32, told.crc32c, told.crc64];
        let pairs = told.into_iter().zip(&self.0);
        pairs.filter_map(|(told, digest)| Some(told? == digest.finalize())).all(|same| same)
    }

    /// Those of some bytes.
    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut sums = Self::default();
        sums.update(bytes);
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A remainder bit by bit.
    fn naive(bytes: &[u8], polynomial: u64, bits: u32) -> u64 {
        let ones = u64::MAX >> (64 - bits);
        let mut sum = ones;
        for byte in bytes {
            sum ^= u64::from(*byte);
            for _ in 0..8 {
                sum = if sum & 1 == 1 { sum >> 1 ^ polynomial } else { sum >> 1 };
            }
        }
        sum ^ ones
    }

    #[test]
    fn checksums_are_those_of_a_plain_loop() {
        let bytes: Vec<u8> = (0..1_000_u32).map(|n| n.wrapping_mul(37).to_le_bytes()[0]).collect();
        let (crc32, crc32c) = (naive(&bytes, 0xedb8_8320, 32), naive(&bytes, 0x82f6_3b78, 32));
        let crc64 = naive(&bytes, 0x9a6c_9329_ac4b_c9b5, 64);
        let mut told = Told::default();
        told.header("x-amz-checksum-crc32", &STANDARD.encode(&crc32.to_be_bytes()[4..]));
        told.header(
            "x-goog-hash",
            &format!("crc32c={},md5=AAAA", STANDARD.encode(&crc32c.to_be_bytes()[4..])),
        );
        told.header("x-amz-checksum-crc64nvme", &STANDARD.encode(crc64.to_be_bytes()));
        assert_eq!(told, Told { crc32: Some(crc32), crc32c: Some(crc32c), crc64: Some(crc64) });
        let mut sums = Sums::default();
        for part in bytes.chunks(77) {
            sums.update(part);
        }
        assert!(sums.agree(told) && Sums::of(&bytes).agree(told));
        for at in [0, 500, 999] {
            let mut other = bytes.clone();
            other[at] ^= 1;
            for one in [
                Told { crc32: told.crc32, ..Told::default() },
                Told { crc32c: told.crc32c, ..Told::default() },
                Told { crc64: told.crc64, ..Told::default() },
            ] {
                assert!(!Sums::of(&other).agree(one));
            }
            assert!(Sums::of(&other).agree(Told::default()));
        }
    }

    #[test]
    fn checksums_of_checksums_say_nothing() {
        let mut told = Told::default();
        told.header("x-amz-checksum-crc32", "AAAAAA==-3");
        told.header("x-goog-hash", "md5=AAAA");
        told.header("etag", "\"00\"");
        assert_eq!(told, Told::default());
    }
}
