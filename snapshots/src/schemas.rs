//! Snapshots of the schemas. They change if the bytes on the wire change.

use framewright::testing::assert_schema_snapshot;

use crate::in_directory;
use crate::protocols::chat::{ChatMsg, ChatReply};
use crate::protocols::echo::Message;
use crate::protocols::fetch::{Request, Response};
use crate::protocols::hello::{Greeting, Name, Reply};

#[test]
fn schemas() {
    in_directory("schemas", || {
        assert_schema_snapshot!(ChatMsg);
        assert_schema_snapshot!(ChatReply);
        assert_schema_snapshot!(Message);
        assert_schema_snapshot!(Name);
        assert_schema_snapshot!(Reply);
        assert_schema_snapshot!(Greeting);
        assert_schema_snapshot!(Request);
        assert_schema_snapshot!(Response);
    });
}
