//! Logarithm, exponential, cosine and the normal distribution, made of additions, multiplications, divisions and square
//! roots only.
//!
//! Library functions may differ in the last bit between platforms. These round the same way everywhere, so that a seed
//! determines every byte. They are accurate to about 1e-14, more than a wait in milliseconds needs.

use std::f64::consts::{LN_2, TAU};

/// Natural logarithm of a positive normal number.
pub(super) fn ln(x: f64) -> f64 {
    // x = m · 2^e with m in [1, 2).
    let bits = x.to_bits();
    let exponent = i32::try_from((bits >> 52) & 0x7ff).unwrap_or(0) - 1_023;
    let m = f64::from_bits((bits & 0x000f_ffff_ffff_ffff) | 0x3ff0_0000_0000_0000);
    // ln m = 2 artanh s, s = (m - 1) / (m + 1) ≤ 1/3.
    let s = (m - 1.0) / (m + 1.0);
    let square = s * s;
    let (mut power, mut sum, mut odd) = (s, 0.0, 1.0);
    for _ in 0..16 {
        sum += power / odd;
        power *= square;
        odd += 2.0;
    }
    2.0 * sum + f64::from(exponent) * LN_2
}

/// e to the power of `x`, for `x` from -600 to 600.
pub(super) fn exp(x: f64) -> f64 {
    let x = x.clamp(-600.0, 600.0);
    // Halved until the series is short, then squared back.
    let small = x / 1_024.0;
    let (mut term, mut sum, mut n) = (1.0, 1.0, 1.0);
    for _ in 0..12 {
        term *= small / n;
        sum += term;
        n += 1.0;
    }
    for _ in 0..10 {
        sum *= sum;
    }
    sum
}

/// P(Z <= z) for a standard normal Z, for z from -4 to 4.
pub(super) fn normal_below(z: f64) -> f64 {
    let z = z.clamp(-4.0, 4.0);
    // 1/2 + density (z + z³/3 + z⁵/(3·5) + ...)
    let (mut term, mut sum, mut odd) = (z, z, 3.0);
    for _ in 0..60 {
        term *= z * z / odd;
        sum += term;
        odd += 2.0;
    }
    0.5 + exp(-z * z / 2.0) / TAU.sqrt() * sum
}

/// Cosine of `turns` full turns, 0 to 1.
pub(super) fn cos_turns(turns: f64) -> f64 {
    // cos is even and has period 1: bring it to [-1/2, 1/2].
    let x = if turns > 0.5 { turns - 1.0 } else { turns } * TAU;
    let square = x * x;
    let (mut term, mut sum, mut n) = (1.0, 1.0, 1.0);
    for _ in 0..15 {
        term *= -square / (n * (n + 1.0));
        sum += term;
        n += 2.0;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_the_system_has_them() {
        for n in 1..4_000 {
            let x = f64::from(n) / 1_000.0;
            assert!((ln(x) - x.ln()).abs() < 1e-12, "ln {x}");
            assert!((exp(x - 2.0) / (x - 2.0).exp() - 1.0).abs() < 1e-12, "exp {x}");
            let turns = f64::from(n) / 4_000.0;
            assert!((cos_turns(turns) - (TAU * turns).cos()).abs() < 1e-12, "cos {turns}");
        }
        for n in -400..=400 {
            let z = f64::from(n) / 100.0;
            let library = crate::statistics::distribution::normal_above(-z);
            assert!((normal_below(z) - library).abs() < 1e-12, "{z}");
        }
        assert!((ln(1e-16) - 1e-16_f64.ln()).abs() < 1e-12);
    }
}
