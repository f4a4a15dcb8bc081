//! Tests of `#[none(v)]`: a number that stands for an absent value.

use super::{laws, round, samples_of, unwritable};
use framewright::prelude::*;

const UNKNOWN: u16 = 0xffff;

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le)]
struct Wind {
    #[none(UNKNOWN)]
    speed: Option<u16>,
    #[wire(u24)]
    #[none(0xff_ffff)]
    distance: Option<u32>,
    #[none(-1)]
    offset: Option<i8>,
    #[bits(4)]
    #[none(15)]
    quality: Option<u8>,
    #[bits(4)]
    kind: u8,
    #[when(speed.is_some())]
    gust: Option<u16>,
}

fn wind() -> Wind {
    Wind { speed: Some(1), distance: Some(2), offset: Some(3), quality: Some(4), kind: 5, gust: Some(6) }
}

#[test]
fn a_number_may_stand_for_none() {
    round(wind(), &[1, 0, 2, 0, 0, 3, 0x45, 6, 0]);
    let none = Wind { speed: None, distance: None, offset: None, quality: None, kind: 5, gust: None };
    let json = framewright::json::to_json(&none).unwrap();
    assert!(json.contains("\"speed\": null"), "{json}");
    let dump = none.dump().to_string();
    assert!(dump.contains("65535 = absent") && dump.contains("1111 .... = 15 = absent"), "{dump}");
    round(none, &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xf5]);
    samples_of::<Wind>();
    assert_eq!(
        unwritable(Wind { speed: Some(UNKNOWN), ..wind() }),
        "Wind.speed: 65535 is reserved for an absent field (`none`)"
    );
    assert_eq!(
        unwritable(Wind { quality: Some(15), ..wind() }),
        "Wind.quality: 15 is reserved for an absent field (`none`)"
    );
    assert!(Wind::SCHEMA.to_string().contains("u16 le, none(UNKNOWN)"), "{}", Wind::SCHEMA);
}

type Half = u16;
type Nibble = u8;

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le)]
struct Floats {
    #[none(f32::NAN)]
    x: Option<f32>,
    #[none(0.0)]
    y: Option<f64>,
    #[none(UNKNOWN)]
    half: Option<Half>,
    #[bits(4)]
    #[none(15)]
    low: Option<Nibble>,
    #[bits(4)]
    high: Nibble,
}

/// NaN is not equal to itself, and `-0.0` is equal to `0.0`, so floats are compared by their bits.
#[test]
fn a_float_may_stand_for_none() {
    let none = Floats { x: None, y: None, half: None, low: None, high: 1 };
    let bytes = [0, 0, 0xc0, 0x7f, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xf1];
    assert_eq!(none.to_vec().unwrap(), bytes);
    assert_eq!(Floats::decode(&bytes).unwrap(), none);
    laws([none.clone()]);
    let json = framewright::json::to_json(&none).unwrap();
    assert!(json.contains(r#""x": null, "y": null"#), "{json}");
    assert_eq!(framewright::json::from_json::<Floats>(&json).unwrap(), bytes);
    assert!(none.dump().to_string().contains("NaN = absent"), "{}", none.dump());
    samples_of::<Floats>();

    let mut zero = Floats { x: Some(1.0), y: Some(-0.0), half: Some(2), low: Some(3), high: 4 };
    round(zero.clone(), &[0, 0, 0x80, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0x80, 2, 0, 0x34]);
    let other = f32::from_bits(f32::NAN.to_bits() + 1);
    zero.x = Some(other);
    let decoded = Floats::decode(&zero.to_vec().unwrap()).unwrap();
    assert_eq!(decoded.x.map(f32::to_bits), Some(other.to_bits()));

    assert_eq!(
        unwritable(Floats { x: Some(f32::NAN), ..none.clone() }),
        "Floats.x: NaN is reserved for an absent field (`none`)"
    );
    assert_eq!(
        unwritable(Floats { half: Some(UNKNOWN), ..none }),
        "Floats.half: 65535 is reserved for an absent field (`none`)"
    );
}
