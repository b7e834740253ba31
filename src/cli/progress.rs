//! How far reading has come: a line on a terminal, and its words.

use std::fmt::Write;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::job::words::bytes;

/// How often the line is drawn, times a second.
const HZ: u8 = 5;
/// Seconds before which nothing is said of the time that is left.
const TOO_EARLY: f64 = 1.0;

/// A line over the stored bytes of all files; nothing is drawn where stderr is no terminal, or if it is not `wanted`.
pub(super) fn line(ahead: Option<u64>, wanted: bool) -> ProgressBar {
    let target =
        if wanted { ProgressDrawTarget::stderr_with_hz(HZ) } else { ProgressDrawTarget::hidden() };
    let line = ProgressBar::with_draw_target(ahead, target);
    let template = if ahead.is_some() { "{bar:30} {words}" } else { "{words}" };
    if let Ok(style) = ProgressStyle::with_template(template) {
        let say = |state: &ProgressState, out: &mut dyn Write| {
            let said = words(state.pos(), state.len(), state.elapsed().as_secs_f64());
            // Without room for the words there is nothing to say.
            let _written = out.write_str(&said);
        };
        line.set_style(style.with_key("words", say));
    }
    line.enable_steady_tick(Duration::from_millis(1_000 / u64::from(HZ)));
    line
}

/// What was read of what is ahead, at which rate, and the time that is left at this rate. Nothing is said of what is ahead
/// where it is not known, or where more was read than was there at first.
#[expect(clippy::cast_precision_loss, reason = "sizes in words")]
fn words(read: u64, ahead: Option<u64>, seconds: f64) -> String {
    let ahead = ahead.filter(|ahead| read <= *ahead);
    let mut text = bytes(read);
    if let Some(ahead) = ahead {
        text.push_str(&format!(" of {}", bytes(ahead)));
    }
    if seconds < TOO_EARLY || read == 0 {
        return text;
    }
    let rate = read as f64 / seconds;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a size in words")]
    text.push_str(&format!(", {}/s", bytes(rate.round() as u64)));
    if let Some(ahead) = ahead {
        text.push_str(&format!(", {} left", time((ahead - read) as f64 / rate)));
    }
    text
}

/// A time in words: seconds, of longer ones minutes, of hours both.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a time in words; what is longer than any run is cut"
)]
fn time(seconds: f64) -> String {
    let seconds = seconds.ceil().max(0.0) as u64;
    let minutes = seconds.div_ceil(60);
    match (seconds, minutes) {
        (0..=90, _) => format!("{seconds} s"),
        (_, 0..=90) => format!("{minutes} min"),
        _ => format!("{} h {} min", minutes / 60, minutes % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_line_tells_the_rate_and_the_time_left() {
        let of = |read, ahead, seconds| words(read, ahead, seconds);
        assert_eq!(of(0, Some(2_000_000_000), 5.0), "0 bytes of 2.0 GB");
        assert_eq!(of(500_000, Some(2_000_000), 0.4), "500.0 kB of 2.0 MB");
        assert_eq!(
            of(500_000_000, Some(2_000_000_000), 10.0),
            "500.0 MB of 2.0 GB, 50.0 MB/s, 30 s left"
        );
        assert_eq!(
            of(100_000_000, Some(2_000_000_000), 10.0),
            "100.0 MB of 2.0 GB, 10.0 MB/s, 4 min left"
        );
        assert_eq!(
            of(1_000_000, Some(2_000_000_000), 10.0),
            "1.0 MB of 2.0 GB, 100.0 kB/s, 5 h 34 min left"
        );
        assert_eq!(of(7, Some(7), 2.0), "7 bytes of 7 bytes, 4 bytes/s, 0 s left");
        // Standard input, and files that grow while they are read.
        assert_eq!(of(30_000_000, None, 10.0), "30.0 MB, 3.0 MB/s");
        assert_eq!(of(30_000_000, Some(10), 10.0), "30.0 MB, 3.0 MB/s");
        assert_eq!(of(0, None, 0.0), "0 bytes");
    }

    #[test]
    fn times_are_rounded_up() {
        let said = [0.0, 0.1, 90.0, 90.1, 5_399.9, 5_401.0, 36_000.0].map(time);
        assert_eq!(said, ["0 s", "1 s", "90 s", "2 min", "90 min", "1 h 31 min", "10 h 0 min"]);
    }

    proptest! {
        /// One line, whatever the numbers are.
        #[test]
        fn it_is_one_short_line(read in any::<u64>(), ahead in any::<Option<u64>>(), seconds in 0.0..1e9_f64) {
            let said = words(read, ahead, seconds);
            prop_assert!(said.len() < 90 && !said.chars().any(char::is_control), "{said}");
        }
    }

    #[test]
    fn nothing_is_drawn_where_nobody_looks() {
        let line = line(Some(10), false);
        line.inc(5);
        assert!(line.is_hidden() && line.position() == 5);
    }
}
