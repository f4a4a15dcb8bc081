//! Checks samples with `testing::laws`, and by a round trip through JSON.

use std::fmt::Debug;

use framewright::prelude::*;

/// Checks that the samples satisfy `testing::laws`, and that their JSON encodes to the same bytes.
#[track_caller]
pub(crate) fn laws<T: OwnedFrame + PartialEq + Debug>(samples: impl IntoIterator<Item = T>) {
    let samples: Vec<T> = samples.into_iter().collect();
    assert!(!samples.is_empty());
    #[cfg(feature = "json")]
    for sample in &samples {
        let json = framewright::json::to_json(sample).unwrap();
        match framewright::json::from_json::<T>(&json) {
            Ok(bytes) => assert_eq!(bytes, sample.to_vec().unwrap(), "{json}"),
            Err(error) => panic!("{error}\n{json}\n{}", sample.dump()),
        }
    }
    #[cfg(feature = "testing")]
    framewright::testing::laws(samples);
}
