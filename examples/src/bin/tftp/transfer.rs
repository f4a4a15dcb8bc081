//! The transfer of a file in either direction. A packet is sent after the previous one is answered.
//! A packet that is not answered is sent again.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use framewright::{Error, Result, udp};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, timeout_at};

use super::protocol::{Code, Packet};

/// The size of a part in bytes. The last part is smaller.
const PART: usize = 512;

/// How often a packet is sent before the transfer fails.
const TRIES: u32 = 6;

pub struct Transfer {
    endpoint: udp::Endpoint<Packet>,
    peer: SocketAddr,
    /// Whether the peer has not chosen its port yet. A server may answer from another port than the
    /// one that the request was sent to.
    asks: bool,
    /// How long to wait for an answer before a packet is sent again.
    patience: Duration,
    /// The acknowledgement of the last part. It is sent after the file is saved.
    last: Option<Packet>,
    /// Whether the peer has answered, which a sender with a forged address cannot do.
    answered: Arc<AtomicBool>,
}

impl Transfer {
    /// Creates a transfer with the client at this address.
    pub fn with(endpoint: udp::Endpoint<Packet>, peer: SocketAddr, patience: Duration) -> Self {
        Self { endpoint, peer, asks: false, patience, last: None, answered: Arc::default() }
    }

    /// Creates a transfer with the server at this address. The server may answer from another port.
    pub fn asking(endpoint: udp::Endpoint<Packet>, server: SocketAddr, patience: Duration) -> Self {
        Self { asks: true, ..Self::with(endpoint, server, patience) }
    }

    /// Sets this flag once the peer has answered.
    pub fn reports(mut self, answered: Arc<AtomicBool>) -> Self {
        self.answered = answered;
        self
    }

    /// Sends a file. `first` is a request to send before the file, if any.
    pub async fn send(mut self, first: Option<Packet>, mut file: impl AsyncRead + Unpin) -> Result<u64> {
        if let Some(first) = first {
            self.exchange(&first, |answer| matches!(answer, Packet::Ack { block: 0 }).then_some(())).await?;
        }
        let mut sent = 0;
        for block in (1..=u16::MAX).chain(0..=0).cycle() {
            let data = part(&mut file).await?;
            let len = data.len();
            let packet = Packet::Data { block, data };
            // A repeated acknowledgement of the previous part is ignored. If it were answered, all
            // further packets would be sent twice.
            self.exchange(&packet, |answer| (*answer == Packet::Ack { block }).then_some(())).await?;
            sent += u64::try_from(len).map_err(Error::other)?;
            if len < PART {
                break;
            }
        }
        Ok(sent)
    }

    /// Receives a file. First sends `first`, which is a request or acknowledges one.
    /// [`finish`](Self::finish) acknowledges the last part after the file is saved.
    pub async fn receive(&mut self, first: Packet, file: &mut (impl AsyncWrite + Unpin)) -> Result<u64> {
        let (mut received, mut said) = (0, first);
        for block in (1..=u16::MAX).chain(0..=0).cycle() {
            let data = self
                .exchange(&said, |answer| match answer {
                    Packet::Data { block: found, data } if *found == block => Some(data.clone()),
                    _ => None,
                })
                .await?;
            file.write_all(&data).await?;
            received += u64::try_from(data.len()).map_err(Error::other)?;
            said = Packet::Ack { block };
            if data.len() < PART {
                break;
            }
        }
        file.flush().await?;
        self.last = Some(said);
        Ok(received)
    }

    pub async fn refuse(self, code: Code, message: &str) -> Result<()> {
        self.endpoint.send_to(&Packet::error(code, message), self.peer).await
    }

    /// Sends a packet until it is answered.
    async fn exchange<T>(&mut self, packet: &Packet, answer: impl Fn(&Packet) -> Option<T>) -> Result<T> {
        for _ in 0..TRIES {
            self.endpoint.send_to(packet, self.peer).await?;
            let due = Instant::now() + self.patience;
            while let Some(received) = self.packet_before(due).await {
                if let Packet::Error { code, message } = received {
                    return Err(Error::other(format!(
                        "the peer answered: {code:?} {}",
                        message.escape_debug()
                    )));
                }
                if let Some(answer) = answer(&received) {
                    self.answered.store(true, Ordering::Relaxed);
                    return Ok(answer);
                }
            }
        }
        Err(Error::Timeout("the peer does not answer"))
    }

    /// Returns the next packet from the peer, or `None` at this time. Answers packets from other
    /// addresses with an error.
    async fn packet_before(&mut self, due: Instant) -> Option<Packet> {
        // The timeout alone does not suffice: it never fires while datagrams keep arriving.
        while Instant::now() < due {
            // Malformed datagrams are ignored, and so are errors of the socket, which strangers may
            // cause.
            let Ok((packet, from)) = timeout_at(due, self.endpoint.recv_from()).await.ok()? else { continue };
            if self.asks && from.ip() == self.peer.ip() {
                (self.peer, self.asks) = (from, false);
            }
            if from == self.peer {
                return Some(packet);
            }
            // A stranger may have an address that cannot be answered, such as port 0.
            let _ =
                self.endpoint.send_to(&Packet::error(Code::UnknownTransfer, "another transfer"), from).await;
        }
        None
    }

    /// Acknowledges the last part. Acknowledges it again if the peer sends it again.
    pub async fn finish(mut self) -> Result<()> {
        let Some(last) = self.last.take() else { return Ok(()) };
        self.endpoint.send_to(&last, self.peer).await?;
        let end = Instant::now() + self.patience * TRIES;
        while let Some(packet) = self.packet_before(end.min(Instant::now() + self.patience * 2)).await {
            if matches!(packet, Packet::Data { .. }) {
                self.endpoint.send_to(&last, self.peer).await?;
            }
        }
        Ok(())
    }
}

/// Reads the next part of a file.
async fn part(file: &mut (impl AsyncRead + Unpin)) -> Result<Bytes> {
    let mut part = BytesMut::with_capacity(PART);
    let mut file = file.take(u64::try_from(PART).map_err(Error::other)?);
    while file.read_buf(&mut part).await? > 0 {}
    Ok(part.freeze())
}
