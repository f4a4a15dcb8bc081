//! Joins frames into messages. Checks the order of frames, UTF-8 and sizes.

use framewright::{Decode, DecodeError, DecodeErrorKind};

use super::protocol::{Closing, Opcode, WsFrame};

/// The codes of reasons for closing a connection (RFC 6455).
pub mod code {
    pub const NORMAL: u16 = 1000;
    pub const GOING_AWAY: u16 = 1001;
    pub const PROTOCOL: u16 = 1002;
    pub const UNSUPPORTED: u16 = 1003;
    pub const NOT_TEXT: u16 = 1007;
    pub const REFUSED: u16 = 1008;
    pub const TOO_LARGE: u16 = 1009;
    pub const TRY_LATER: u16 = 1013;
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    Text(String),
    Binary(Vec<u8>),
}

/// An end of a connection. Clients mask the frames that they send; servers do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Client,
    Server,
}

/// What a frame means for its receiver.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A message is complete.
    Message(Message),
    /// A ping was received. The answer is a pong with the same payload.
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    /// A close frame was received, so the peer sends no more messages. It may have no code and
    /// reason.
    Close(Option<Closing>),
}

/// Why a connection is closed, for example because the peer violates the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The reason, as one of the constants in [`code`].
    pub code: u16,
    pub reason: &'static str,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.reason, self.code)
    }
}

impl std::error::Error for Fault {}

impl Fault {
    pub const TOO_LARGE: Self = Self { code: code::TOO_LARGE, reason: "the message is too large" };

    /// The memory budget for incomplete messages is used up.
    pub const BUSY: Self = Self { code: code::TRY_LATER, reason: "too many incomplete messages" };

    const fn protocol(reason: &'static str) -> Self {
        Self { code: code::PROTOCOL, reason }
    }

    /// Returns the close frame with this reason.
    #[must_use]
    pub fn frame(&self) -> WsFrame {
        let payload = [&self.code.to_be_bytes()[..], self.reason.as_bytes()].concat();
        WsFrame::new(Opcode::Close, payload)
    }
}

impl From<&DecodeError> for Fault {
    fn from(error: &DecodeError) -> Self {
        match error.kind() {
            DecodeErrorKind::TooLong { .. } | DecodeErrorKind::Memory { .. } => Self::TOO_LARGE,
            _ => Self::protocol("malformed frame"),
        }
    }
}

/// Joins the frames that one side receives into messages.
#[derive(Debug)]
pub struct Messages {
    /// The side that receives.
    side: Side,
    /// The maximum size of a message in bytes.
    most: usize,
    begun: Option<Begun>,
}

/// A message whose last piece has not arrived yet.
#[derive(Debug)]
struct Begun {
    is_text: bool,
    bytes: Vec<u8>,
    /// How many bytes were already checked to be UTF-8.
    checked: usize,
}

impl Messages {
    /// Creates the state for the frames that `side` receives. A message has at most `most` bytes.
    #[must_use]
    pub fn new(side: Side, most: usize) -> Self {
        Self { side, most, begun: None }
    }

    /// Returns how many bytes an incomplete message occupies, or `None` between messages.
    #[must_use]
    pub fn held(&self) -> Option<usize> {
        self.begun.as_ref().map(|begun| begun.bytes.capacity())
    }

    /// Handles the next frame. Returns the event that it causes, if any.
    ///
    /// # Errors
    /// Returns an error if the peer must not send this frame now. The connection then has to be
    /// closed.
    pub fn take(&mut self, frame: WsFrame) -> Result<Option<Event>, Fault> {
        if frame.key.is_some() != (self.side == Side::Server) {
            return Err(Fault::protocol("clients mask their frames, servers do not"));
        }
        let WsFrame { last, opcode, payload, .. } = frame;
        let begun = match (opcode, self.begun.take()) {
            (Opcode::Ping, begun) => return Ok(self.between(begun, Event::Ping(payload))),
            (Opcode::Pong, begun) => return Ok(self.between(begun, Event::Pong(payload))),
            (Opcode::Close, _) => return closing(&payload).map(|closing| Some(Event::Close(closing))),
            (Opcode::Continuation, Some(mut begun)) => {
                if begun.bytes.len().saturating_add(payload.len()) > self.most {
                    return Err(Fault::TOO_LARGE);
                }
                begun.bytes.extend_from_slice(&payload);
                begun
            }
            (Opcode::Continuation, None) => return Err(Fault::protocol("unexpected continuation frame")),
            (_, Some(_)) => return Err(Fault::protocol("expected a continuation frame")),
            (_, None) if payload.len() > self.most => return Err(Fault::TOO_LARGE),
            (opcode, None) => Begun { is_text: opcode == Opcode::Text, bytes: payload, checked: 0 },
        };
        self.go_on(begun, last)
    }

    fn between(&mut self, begun: Option<Begun>, event: Event) -> Option<Event> {
        self.begun = begun;
        Some(event)
    }

    fn go_on(&mut self, mut begun: Begun, last: bool) -> Result<Option<Event>, Fault> {
        if begun.is_text {
            begun.check(last)?;
        }
        if !last {
            self.begun = Some(begun);
            return Ok(None);
        }
        let message = if begun.is_text {
            Message::Text(String::from_utf8(begun.bytes).map_err(|_| NOT_UTF_8)?)
        } else {
            Message::Binary(begun.bytes)
        };
        Ok(Some(Event::Message(message)))
    }
}

const NOT_UTF_8: Fault = Fault { code: code::NOT_TEXT, reason: "text is not UTF-8" };

impl Begun {
    /// Checks the bytes that were added since the last check. A character may continue in the next
    /// piece, but must end before the end of the message.
    fn check(&mut self, last: bool) -> Result<(), Fault> {
        match std::str::from_utf8(self.bytes.get(self.checked..).unwrap_or_default()) {
            Ok(text) => self.checked += text.len(),
            Err(error) if error.error_len().is_none() && !last => self.checked += error.valid_up_to(),
            Err(_) => return Err(NOT_UTF_8),
        }
        Ok(())
    }
}

fn closing(payload: &[u8]) -> Result<Option<Closing>, Fault> {
    if payload.is_empty() {
        return Ok(None);
    }
    let closing = Closing::decode(payload).map_err(|error| match error.kind() {
        DecodeErrorKind::Utf8 => NOT_UTF_8,
        _ => Fault::protocol("malformed close reason"),
    })?;
    // 1004 to 1006 and 1015 must not be sent. Other codes below 3000 are reserved.
    match closing.code {
        1000..=1003 | 1007..=1014 | 3000..=4999 => Ok(Some(closing)),
        _ => Err(Fault::protocol("invalid close code")),
    }
}

/// Returns the close frame that answers a close frame. It has the same code.
#[must_use]
pub fn answer(closing: Option<&Closing>) -> WsFrame {
    let code = closing.map(|closing| closing.code.to_be_bytes());
    WsFrame::new(Opcode::Close, code.map(Vec::from).unwrap_or_default())
}

impl Message {
    /// Returns the message as one unmasked frame.
    #[must_use]
    pub fn into_frame(self) -> WsFrame {
        match self {
            Self::Text(text) => WsFrame::new(Opcode::Text, text.into_bytes()),
            Self::Binary(bytes) => WsFrame::new(Opcode::Binary, bytes),
        }
    }
}
