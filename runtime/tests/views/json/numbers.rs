//! Tests that numbers in JSON are exact.

use std::fmt::Debug;

use framewright::json::to_json;
use framewright::prelude::*;

use super::{fails, gives, is};

#[derive(Frame, Debug)]
#[frame(be)]
struct Wide {
    a: u64,
    b: i64,
    c: u128,
    d: i128,
    #[wire(varint)]
    e: u128,
    #[wire(zigzag)]
    f: i128,
    #[until(b" ")]
    #[wire(dec)]
    g: i128,
    #[until(b" ")]
    #[wire(hex)]
    h: i64,
    #[wire(u40)]
    i: u64,
    #[wire(quic)]
    j: u64,
}

#[test]
fn no_number_is_rounded() {
    let least = Wide {
        a: 0,
        b: i64::MIN,
        c: 0,
        d: i128::MIN,
        e: 0,
        f: i128::MIN,
        g: i128::MIN,
        h: i64::MIN,
        i: 0,
        j: 0,
    };
    is(
        &least,
        r#"{
  "a": 0,
  "b": -9223372036854775808,
  "c": 0,
  "d": "-170141183460469231731687303715884105728",
  "e": 0,
  "f": "-170141183460469231731687303715884105728",
  "g": "-170141183460469231731687303715884105728",
  "h": -9223372036854775808,
  "i": 0,
  "j": 0
}"#,
    );
    let most = Wide {
        a: u64::MAX,
        b: i64::MAX,
        c: u128::MAX,
        d: i128::MAX,
        e: u128::MAX,
        f: i128::MAX,
        g: i128::MAX,
        h: -1,
        i: (1 << 40) - 1,
        j: (1 << 62) - 1,
    };
    is(
        &most,
        r#"{
  "a": 18446744073709551615,
  "b": 9223372036854775807,
  "c": "340282366920938463463374607431768211455",
  "d": "170141183460469231731687303715884105727",
  "e": "340282366920938463463374607431768211455",
  "f": "170141183460469231731687303715884105727",
  "g": "170141183460469231731687303715884105727",
  "h": -1,
  "i": 1099511627775,
  "j": 4611686018427387903
}"#,
    );
}

#[derive(Frame, Debug)]
#[frame(le)]
struct Floats {
    single: f32,
    double: f64,
}

#[test]
fn floats_keep_every_bit() {
    is(&Floats { single: -0.0, double: 0.1 }, r#"{"single": -0.0, "double": 0.1}"#);
    is(
        &Floats { single: f32::MAX, double: f64::MIN_POSITIVE },
        r#"{"single": 3.4028235e38, "double": 2.2250738585072014e-308}"#,
    );
    is(
        &Floats { single: f32::INFINITY, double: f64::NEG_INFINITY },
        r#"{"single": "inf", "double": "-inf"}"#,
    );
    let odd = Floats { single: f32::from_bits(0x7fc0_0001), double: f64::from_bits(0xfff0_0000_0000_0001) };
    is(&odd, r#"{"single": "0x7fc00001", "double": "0xfff0000000000001"}"#);
    gives(r#"{"single": "NaN", "double": 1}"#, &Floats { single: f32::NAN, double: 1.0 });
    for bits in (0..=u32::MAX).step_by(65_521) {
        let value = Floats { single: f32::from_bits(bits), double: f64::from_bits(u64::from(bits) << 31) };
        gives(&to_json(&value).unwrap(), &value);
    }
    fails::<Floats>(
        r#"{"single": 1e39, "double": 0}"#,
        "Floats.single: expected a number that fits, \"inf\", \"-inf\" or \"NaN\", found 1e+39",
    );
}
