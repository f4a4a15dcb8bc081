//! Tests of the comparison of schemas: which changes break readers, and which break writers.

use framewright::prelude::*;
use framewright::testing::insta::assert_snapshot;

mod v1 {
    use framewright::prelude::*;

    #[derive(Frame)]
    #[frame(be, tag = u8, max = 1000)]
    pub(super) enum Packet {
        #[tag(1)]
        Login {
            user: u32,
            #[len_prefixed(u8)]
            name: String,
        },
        #[tag(2)]
        Chat {
            #[len_prefixed(u16, max = 100)]
            text: Vec<u8>,
            kind: u16,
        },
        #[tag(3)]
        Move {
            x: i32,
            y: i32,
            #[pad(2)]
            reserved: Auto,
        },
        #[tag(4)]
        Bye,
    }

    #[derive(Frame)]
    #[frame(be)]
    pub(super) struct Renamed {
        a: u16,
        #[len_prefixed]
        b: Vec<u8>,
    }
}

mod v2 {
    use framewright::prelude::*;

    #[derive(Frame)]
    #[frame(be, tag = u8, max = 2000)]
    pub(super) enum Packet {
        #[tag(1)]
        Login {
            user: u64,
            #[len_prefixed(u16)]
            name: String,
        },
        #[tag(2)]
        Chat {
            #[len_prefixed(u16, max = 50)]
            text: String,
            kind: Kind,
        },
        #[tag(3)]
        Move { y: i32, x: i32, speed: u16 },
        #[tag(5)]
        Ping { id: u32 },
        #[tag(_)]
        Other {
            #[tag]
            tag: u8,
            #[rest]
            body: Vec<u8>,
        },
    }

    #[derive(Frame)]
    #[frame(be, tag = u16)]
    pub(super) enum Kind {
        Text = 1,
        Picture = 2,
    }

    /// With a comment.
    #[derive(Frame)]
    #[frame(be)]
    pub(super) struct Renamed {
        first: u16,
        #[len_prefixed]
        second: Vec<u8>,
    }
}

mod v3 {
    use framewright::prelude::*;

    #[derive(Frame)]
    #[frame(be, tag = u8)]
    pub(super) enum Packet {
        #[tag(1)]
        Login {
            user: u32,
            #[len_prefixed(u8)]
            name: String,
            device: u8,
        },
        #[tag(2)]
        Chat {
            #[len_prefixed(u16, max = 100)]
            text: Vec<u8>,
            kind: u16,
        },
        #[tag(3)]
        Move { x: i32, y: i32, speed: u16 },
        #[tag(4)]
        Bye,
    }
}

#[test]
fn nothing_changed() {
    let report = v1::Packet::SCHEMA.compatible_with(v1::Packet::SCHEMA);
    assert!(report.is_compatible());
    assert_eq!(report.to_string(), "Packet is the same on the wire");
    let renamed = v2::Renamed::SCHEMA.compatible_with(v1::Renamed::SCHEMA);
    assert!(renamed.is_compatible(), "names are not on the wire: {renamed}");
}

#[test]
fn each_change_lists_the_programs_it_breaks() {
    let report = v2::Packet::SCHEMA.compatible_with(v1::Packet::SCHEMA);
    assert!(!report.old_reads_new() && !report.new_reads_old());
    assert_snapshot!("changes", report);
    assert_snapshot!("changes-back", v1::Packet::SCHEMA.compatible_with(v2::Packet::SCHEMA));
    assert_snapshot!("changes-small", v3::Packet::SCHEMA.compatible_with(v1::Packet::SCHEMA));
}

mod handed {
    use framewright::prelude::*;

    #[derive(Frame)]
    #[frame(be, ctx(wide: bool))]
    pub(super) struct Inner {
        #[when(wide)]
        extra: Option<u16>,
    }

    #[derive(Frame)]
    pub(super) struct Before {
        flags: u8,
        #[ctx(flags & 1 == 1)]
        inner: Inner,
    }

    #[derive(Frame)]
    pub(super) struct After {
        flags: u8,
        #[ctx(flags & 2 == 2)]
        inner: Inner,
    }
}

/// Checks that the context of a nested frame is part of the schema, because the bytes of the frame
/// depend on it.
#[test]
fn a_changed_context_is_a_change() {
    let before = handed::Before::SCHEMA;
    assert!(before.to_string().contains("inner  Inner, ctx(flags & 1 == 1)"), "{before}");
    let changes = handed::After::SCHEMA.compatible_with(before).to_string();
    assert!(changes.contains("ctx(flags & 1 == 1) has become"), "{changes}");
    assert!(before.compatible_with(before).is_compatible());
}

/// Returns schemas with words of all kinds.
fn schemas() -> Vec<&'static framewright::Schema> {
    use crate::protocol::*;
    vec![
        v1::Packet::SCHEMA,
        v2::Packet::SCHEMA,
        v3::Packet::SCHEMA,
        handed::After::SCHEMA,
        ChatMsg::SCHEMA,
        Message::SCHEMA,
        Line::SCHEMA,
        Ranged::SCHEMA,
        Ipv4::SCHEMA,
        Packet::SCHEMA,
        Numbers::SCHEMA,
        Options::SCHEMA,
        Lsb::SCHEMA,
        Lists::SCHEMA,
        Png::SCHEMA,
        Post::SCHEMA,
        Headed::SCHEMA,
    ]
}

#[test]
fn a_written_schema_compares_as_the_schema_does() {
    for old in schemas() {
        let written = old.json().to_string();
        assert!(old.compatible_with_json(&written).unwrap().is_compatible(), "{}", old.name);
        for new in schemas() {
            let report = new.compatible_with_json(&written).unwrap().to_string();
            assert_eq!(report, new.compatible_with(old).to_string(), "{} and {}", old.name, new.name);
        }
    }
}

#[test]
fn any_file_may_be_given() {
    let schema = crate::protocol::Message::SCHEMA;
    let written = schema.json().to_string();
    let error = schema.compatible_with_json("[1, 2]").unwrap_err().to_string();
    assert_eq!(error, "the schema: expected an object");
    let error =
        schema.compatible_with_json("{\"frame\": \"Message\", \"frames\": []}").unwrap_err().to_string();
    assert!(error.starts_with("Message: it was written by an older version without `wire`"), "{error}");
    let error =
        schema.compatible_with_json(&written.replace("\"kind\": \"bytes\"", "\"kind\": 7")).unwrap_err();
    assert!(error.to_string().ends_with("type.kind: expected text"), "{error}");
    // The changed schemas name a frame that does not exist, and frames that contain themselves
    // without end.
    assert!(
        !schema
            .compatible_with_json(&written.replace("\"frame\": \"Item\"", "\"frame\": \"Gone\""))
            .unwrap()
            .is_compatible()
    );
    let node = crate::protocol::Node::SCHEMA;
    let mut chain = String::new();
    for index in 0..5000 {
        let body = node.json().to_string();
        let (_, wire) = body.split_once("\"wire\": ").unwrap();
        let (_, frames) = wire.split_once("\"frames\": [").unwrap();
        let frame = frames.rsplit_once(']').unwrap().0;
        let frame = frame.replace("\"Node\"", &format!("\"Node{}\"", index + 1));
        chain.push_str(&frame.replacen(
            &format!("\"name\": \"Node{}\"", index + 1),
            &format!("\"name\": \"Node{index}\""),
            1,
        ));
        chain.push(',');
    }
    let frames = chain.trim_end_matches(',');
    let chain = format!("{{\"frame\": \"Node\", \"wire\": {{\"root\": \"Node0\", \"frames\": [{frames}]}}}}");
    let report = node.compatible_with_json(&chain).unwrap().to_string();
    assert!(
        report.contains("frames nest too deep to be compared"),
        "{}",
        &report[report.len().saturating_sub(300)..]
    );
    // Truncates and changes the text at many positions.
    for at in (0..written.len()).step_by(97) {
        assert!(schema.compatible_with_json(&written[..at]).is_err());
        let mut changed = written.clone().into_bytes();
        changed[at] = b'1';
        let _ = String::from_utf8(changed).map(|text| schema.compatible_with_json(&text).is_ok());
    }
}
