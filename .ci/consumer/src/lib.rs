//! A protocol as a user's package declares it.

use framewright::prelude::*;

/// A message of the README's chat, with a body of one of several kinds.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, magic = b"CM")]
pub struct Message {
    pub sender: u32,
    #[bits(4)]
    pub priority: u8,
    #[bits(4)]
    #[pad]
    reserved: Auto,
    #[tag_of(body)]
    kind: Auto<u8>,
    #[len_of(body)]
    len: Auto<u16>,
    pub body: Body,
    #[checksum(framewright::checksum::Crc32, over = ..)]
    crc: Auto<u32>,
}

/// The content of a message.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub enum Body {
    #[tag(1)]
    Text(#[rest] String),
    #[tag(2)]
    Numbers {
        #[count_prefixed(u8)]
        numbers: Vec<u32>,
    },
}

impl Message {
    /// Creates a message of ordinary priority.
    pub fn new(sender: u32, body: Body) -> Self {
        Self {
            sender,
            priority: 3,
            reserved: Auto::new(),
            kind: Auto::new(),
            len: Auto::new(),
            body,
            crc: Auto::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use framewright::Server;

    use super::*;

    fn samples() -> [Message; 2] {
        [
            Message::new(7, Body::Text("hello".into())),
            Message::new(8, Body::Numbers { numbers: vec![1, 0x0203_0405] }),
        ]
    }

    #[test]
    fn encodes_and_decodes() {
        for message in samples() {
            let bytes = message.to_vec().unwrap();
            assert_eq!(bytes.len(), message.encoded_len());
            assert_eq!(Message::decode(&bytes).unwrap(), message);
            let mut other = bytes.clone();
            other[5] ^= 1;
            assert!(Message::decode(&other).is_err(), "the checksum covers the sender");
            assert!(matches!(Message::parse(&bytes[..bytes.len() - 1]), Err(error) if error.is_incomplete()));
        }
    }

    #[test]
    fn describes_itself() {
        assert_eq!(Message::SCHEMA.name, "Message");
        assert_eq!(Message::MIN_LEN, 14);
        assert!(samples()[0].dump().to_string().contains("\"hello\""));
    }

    #[tokio::test]
    async fn echoes() {
        let server = Server::new(async |message: Message| message).bind("127.0.0.1:0").await.unwrap();
        let address = server.local_addr();
        let echo = async {
            let mut client = Client::<Message>::connect(address).await.unwrap();
            for message in samples() {
                assert_eq!(client.call(&message).await.unwrap(), message);
            }
        };
        tokio::select! {
            served = server.serve() => panic!("the server ended: {served:?}"),
            () = echo => {}
        }
    }
}
