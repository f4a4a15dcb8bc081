//! A file on its way, in either direction: a packet, its answer, the next. What is lost is sent again.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use framewright::{Error, Result, udp};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, timeout_at};

use super::protocol::{Code, Packet};

/// How many bytes each part has, but for the last.
const PART: usize = 512;

/// How often a packet is sent before the peer is given up.
const TRIES: u32 = 6;

/// One transfer: an endpoint of its own, and the other end of it.
pub struct Transfer {
    endpoint: udp::Endpoint<Packet>,
    peer: SocketAddr,
    /// Whether the peer may answer from another port than it was asked at: its first answer tells.
    asks: bool,
    /// How long an answer is waited for before the packet is sent again.
    patience: Duration,
    /// What is to be said when the file that was received is safe.
    last: Option<Packet>,
}

impl Transfer {
    /// With a peer that was heard of from this address.
    pub fn with(endpoint: udp::Endpoint<Packet>, peer: SocketAddr, patience: Duration) -> Self {
        Self { endpoint, peer, asks: false, patience, last: None }
    }

    /// With whoever answers at the host of this address.
    pub fn asking(endpoint: udp::Endpoint<Packet>, server: SocketAddr, patience: Duration) -> Self {
        Self { endpoint, peer: server, asks: true, patience, last: None }
    }

    /// Sends a file, behind what is said first: a request, or nothing.
    pub async fn send(mut self, first: Option<Packet>, mut file: impl AsyncRead + Unpin) -> Result<u64> {
        if let Some(first) = first {
            self.exchange(&first, |answer| matches!(answer, Packet::Ack { block: 0 }).then_some(())).await?;
        }
        let mut sent = 0;
        for block in (1..=u16::MAX).chain(0..=0).cycle() {
            let data = part(&mut file).await?;
            let len = data.len();
            let packet = Packet::Data { block, data };
            // A second answer to the part before is passed over. To answer it would double every packet from then on.
            self.exchange(&packet, |answer| (*answer == Packet::Ack { block }).then_some(())).await?;
            sent += u64::try_from(len).map_err(Error::other)?;
            if len < PART {
                break;
            }
        }
        Ok(sent)
    }

    /// Receives a file, behind what is said first: a request, or that it may come. The peer is told that all of it has arrived by
    /// [`finish`](Self::finish), once it is safe.
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

    /// Ends the transfer with an error.
    pub async fn refuse(self, code: Code, message: &str) -> Result<()> {
        self.endpoint.send_to(&Packet::error(code, message), self.peer).await
    }

    /// Sends a packet until its answer is there.
    async fn exchange<T>(&mut self, packet: &Packet, answer: impl Fn(&Packet) -> Option<T>) -> Result<T> {
        for _ in 0..TRIES {
            self.endpoint.send_to(packet, self.peer).await?;
            let due = Instant::now() + self.patience;
            while let Ok(received) = timeout_at(due, self.receive_packet()).await {
                match received? {
                    Some(Packet::Error { code, message }) => {
                        return Err(Error::other(format!(
                            "the peer says: {code:?} {}",
                            message.escape_debug()
                        )));
                    }
                    Some(packet) => {
                        if let Some(answer) = answer(&packet) {
                            return Ok(answer);
                        }
                    }
                    None => {}
                }
            }
        }
        Err(Error::Timeout("the peer does not answer"))
    }

    /// The next packet of the peer. Others are told that they are not meant.
    async fn receive_packet(&mut self) -> Result<Option<Packet>> {
        let (packet, from) = match self.endpoint.recv_from().await {
            Err(Error::Datagram { .. }) => return Ok(None),
            received => received?,
        };
        if self.asks && from.ip() == self.peer.ip() {
            (self.peer, self.asks) = (from, false);
        }
        if from == self.peer {
            return Ok(Some(packet));
        }
        self.endpoint.send_to(&Packet::error(Code::UnknownTransfer, "another transfer"), from).await?;
        Ok(None)
    }

    /// Says that a file has arrived, and says it again for as long as the peer asks.
    pub async fn finish(mut self) -> Result<()> {
        let Some(last) = self.last.take() else { return Ok(()) };
        self.endpoint.send_to(&last, self.peer).await?;
        while let Ok(received) = timeout_at(Instant::now() + self.patience * 2, self.receive_packet()).await {
            if let Ok(Some(Packet::Data { .. })) = received {
                self.endpoint.send_to(&last, self.peer).await?;
            }
        }
        Ok(())
    }
}

/// The next part of a file.
async fn part(file: &mut (impl AsyncRead + Unpin)) -> Result<Bytes> {
    let mut part = BytesMut::with_capacity(PART);
    let mut file = file.take(u64::try_from(PART).map_err(Error::other)?);
    while file.read_buf(&mut part).await? > 0 {}
    Ok(part.freeze())
}
