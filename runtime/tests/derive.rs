//! What the derive makes of the words of the annotation language.

use framewright::prelude::*;

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct ChatMsg {
    sender: u32,
    receiver: u32,
    kind: u8,
    #[len_prefixed]
    body: Vec<u8>,
}

#[test]
fn chat() {
    let msg = ChatMsg { sender: 10_000_000, receiver: 10_000_001, kind: 1, body: b"hi there".to_vec() };
    let bytes = msg.to_vec().unwrap();
    assert_eq!(bytes, b"\x00\x98\x96\x80\x00\x98\x96\x81\x01\x00\x00\x00\x08hi there");
    assert_eq!(ChatMsg::decode(&bytes).unwrap(), msg);
    assert_eq!(msg.encoded_len(), 21);
    assert_eq!(ChatMsg::MIN_LEN, 13);
    for cut in 0..bytes.len() {
        let needed = if cut < 13 { 13 - cut } else { 21 - cut };
        assert_eq!(ChatMsg::parse(&bytes[..cut]), Err(nom::Err::Incomplete(nom::Needed::new(needed))));
    }
    let error = ChatMsg::decode(&bytes[..6]).unwrap_err();
    assert_eq!(error.to_string(), "ChatMsg.receiver at byte 4: expected 4 bytes, found 2");
    println!("{}", msg.dump());
}
