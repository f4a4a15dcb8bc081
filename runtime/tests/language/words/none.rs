//! Tests of `#[none(v)]`: a number that stands for an absent value.

use super::{round, samples_of, unwritable};
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
