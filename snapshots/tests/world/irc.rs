//! IRC messages (RFC 1459, section 2.3.1; IRCv3 message tags). The bytes are the examples of the
//! Modern IRC Client Protocol, section Messages.

use framewright::prelude::*;

use crate::proves;

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(until(b"\r\n"))]
struct Message {
    #[lead(b"@")]
    #[until(b" ")]
    tags: Option<String>,
    #[lead(b":")]
    #[until(b" ")]
    source: Option<String>,
    /// The command with the parameters in the middle.
    #[until(b" :", between)]
    command: String,
    #[optional]
    #[rest]
    trailing: Option<String>,
}

/// A message that has a mark before its trailing parameter, which may be empty.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(until(b"\r\n"))]
struct Line {
    #[lead(b"@")]
    #[until(b" ")]
    tags: Option<String>,
    #[lead(b":")]
    #[until(b" ")]
    source: Option<String>,
    #[until(b" ", between)]
    command: String,
    #[lead(b"#")]
    #[until(b" ", between)]
    channel: Option<String>,
    #[lead(b":")]
    #[rest]
    trailing: Option<String>,
}

#[test]
fn messages() {
    let said = Message {
        tags: None,
        source: Some("dan!d@localhost".into()),
        command: "PRIVMSG #chan".into(),
        trailing: Some("Hey what's up!".into()),
    };
    proves("irc-message", b":dan!d@localhost PRIVMSG #chan :Hey what's up!\r\n", said.clone());
    let tagged = Message { tags: Some("id=234AB".into()), ..said };
    proves("irc-tags", b"@id=234AB :dan!d@localhost PRIVMSG #chan :Hey what's up!\r\n", tagged);
    let asked =
        Message { tags: None, source: None, command: "CAP REQ".into(), trailing: Some("sasl".into()) };
    proves("irc-request", b"CAP REQ :sasl\r\n", asked);
}

#[test]
fn lines() {
    let line = Line {
        tags: None,
        source: Some("dan!d@localhost".into()),
        command: "PRIVMSG".into(),
        channel: Some("chan".into()),
        trailing: Some("Hey what's up!".into()),
    };
    proves("irc-line", b":dan!d@localhost PRIVMSG #chan :Hey what's up!\r\n", line.clone());
    proves(
        "irc-line-bare",
        b"PING\r\n",
        Line { source: None, command: "PING".into(), channel: None, trailing: None, ..line },
    );
}
