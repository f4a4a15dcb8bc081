//! TLS 1.2 ClientHello (RFC 5246, sections 6.2.1 and 7.4.1.2). The bytes are captured from OpenSSL
//! 3.

use framewright::prelude::*;

use crate::{hex, proves};

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Record {
    #[magic(22)]
    handshake: Auto<u8>,
    version: u16,
    #[len_prefixed(u16, max = 16_384)]
    message: Handshake,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, tag = u8, len_prefixed(u24))]
enum Handshake {
    #[tag(1)]
    ClientHello(ClientHello),
    #[tag(_)]
    Other {
        #[tag]
        kind: u8,
        #[rest]
        body: Vec<u8>,
    },
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct ClientHello {
    version: u16,
    random: [u8; 32],
    #[len_prefixed(u8, max = 32)]
    session: Vec<u8>,
    #[len_prefixed(u16)]
    cipher_suites: Vec<u16>,
    #[len_prefixed(u8)]
    compression_methods: Vec<u8>,
    #[optional]
    #[len_prefixed(u16)]
    extensions: Option<Vec<Extension>>,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, tag = u16, len_prefixed(u16))]
enum Extension {
    #[tag(0)]
    ServerName {
        #[len_prefixed(u16)]
        names: Vec<ServerName>,
    },
    #[tag(10)]
    SupportedGroups {
        #[len_prefixed(u16)]
        groups: Vec<u16>,
    },
    #[tag(16)]
    ApplicationProtocols {
        #[len_prefixed(u16)]
        names: Vec<Protocol>,
    },
    #[tag(_)]
    Other {
        #[tag]
        kind: u16,
        #[rest]
        data: Vec<u8>,
    },
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, tag = u8)]
enum ServerName {
    #[tag(0)]
    Host {
        #[len_prefixed(u16)]
        name: String,
    },
}

#[derive(Frame, Debug, Clone, PartialEq)]
struct Protocol(#[len_prefixed(u8)] String);

#[test]
fn client_hello() {
    let bytes = hex("
        16 03 01 00 af  01 00 00 ab  03 03
        e6 00 62 2b fe d8 3c 39 0e ec be 28 e0 72 8b 6a 44 76 7e fe 52 a5 80 cf 3c 2f 6f 6b d5 4a 49 00
        00  00 0a c0 2c c0 30 c0 2b c0 2f 00 ff  01 00  00 78
        00 00 00 10 00 0e 00 00 0b 65 78 61 6d 70 6c 65 2e 63 6f 6d
        00 0b 00 04 03 00 01 02
        00 0a 00 0c 00 0a 00 1d 00 17 00 1e 00 19 00 18
        00 23 00 00
        00 10 00 0e 00 0c 02 68 32 08 68 74 74 70 2f 31 2e 31
        00 16 00 00
        00 17 00 00
        00 0d 00 2a 00 28 04 03 05 03 06 03 08 07 08 08 08 09 08 0a 08 0b 08 04 08 05 08 06 04 01
        05 01 06 01 03 03 03 01 03 02 04 02 05 02 06 02
    ");
    let other = |kind, data: &str| Extension::Other { kind, data: hex(data) };
    let extensions = vec![
        Extension::ServerName { names: vec![ServerName::Host { name: "example.com".to_owned() }] },
        other(11, "03000102"),
        Extension::SupportedGroups { groups: vec![29, 23, 30, 25, 24] },
        other(35, ""),
        Extension::ApplicationProtocols {
            names: ["h2", "http/1.1"].map(|name| Protocol(name.to_owned())).into(),
        },
        other(22, ""),
        other(23, ""),
        other(13, "0028040305030603080708080809080a080b080408050806040105010601030303010302040205020602"),
    ];
    let hello = ClientHello {
        version: 0x0303,
        random: hex("e600622bfed83c390eecbe28e0728b6a44767efe52a580cf3c2f6f6bd54a4900").try_into().unwrap(),
        session: vec![],
        cipher_suites: vec![0xc02c, 0xc030, 0xc02b, 0xc02f, 0x00ff],
        compression_methods: vec![0],
        extensions: Some(extensions),
    };
    let record = Record { handshake: Auto::new(), version: 0x0301, message: Handshake::ClientHello(hello) };
    proves("tls-client-hello", &bytes, record);
}
