//! Lines that no reader can use, each with its reason.

use super::rng::Rng;

/// Lines apart, on average.
pub(super) const EVERY: u64 = 320;

const ORGANIZATION: &str = "\"organization\":\"nordhem\"";

/// A faulty line (without line end) made from a good one, or beside it.
pub(super) fn faulty(good: &[u8], rng: &mut Rng) -> Vec<u8> {
    let text = String::from_utf8_lossy(good).into_owned();
    match rng.below(10) {
        0 => b"GET /health HTTP/1.1 200".to_vec(),
        1 => good.get(..good.len() / 2).unwrap_or_default().to_vec(),
        2 => b"[1,2,3]".to_vec(),
        3 => format!("{{\"type\":\"positionCreated\",{ORGANIZATION}}}").into_bytes(),
        4 => format!("{{\"data\":{{\"position\":{{\"id\":\"7\"}}}},{ORGANIZATION}}}").into_bytes(),
        5 => format!("{{\"data\":{{\"position\":{{\"id\":\"\"}}}},\"type\":\"positionCalled\",{ORGANIZATION}}}").into_bytes(),
        6 => b"{\"data\":{\"position\":{\"id\":\"7\"}},\"type\":\"positionCalled\"}".to_vec(),
        7 => format!("{{\"data\":{{\"position\":{{\"id\":\"7\",\"id\":\"8\"}}}},\"type\":\"positionCalled\",{ORGANIZATION}}}").into_bytes(),
        8 => {
            let mut line = b"{\"data\":{\"position\":{\"id\":\"7\",\"location\":\"K".to_vec();
            line.extend_from_slice(b"\xff\xfe");
            line.extend_from_slice(format!("llered\"}}}},\"type\":\"positionCalled\",{ORGANIZATION}}}").as_bytes());
            line
        }
        _ => text.replacen("\"position\"", "\"positions\"", 1).into_bytes(),
    }
}
