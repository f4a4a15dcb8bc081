//! The server, which handles the packets of clients.

use std::path::Path;
use std::time::Duration;

use framewright::{Close, CloseReason, Conn, Handler, Limits, Result, Server};
use framewright_examples::users::Users;
use framewright_examples::{EACH, excerpt, interrupted, log};

use crate::broker::{Broker, Client, Owner};
use crate::message::{self, Message};
use crate::protocol::{Connect, ConnectCode, Packet, QoS, Will};
use crate::session::Session;
use crate::topic;

const CLIENT_ID: usize = 256;

pub async fn serve(address: &str, users: Option<&Path>) -> Result<()> {
    log("info");
    let users = users.map(Users::read).transpose()?;
    let stop = interrupted()?;
    Server::new(Broker::new(users)).limits(limits()).bind(address).await?.serve_until(stop).await
}

/// How long a connection may be without traffic. It is longer than any keep-alive time, which a client
/// may choose, up to 27 hours. So it only applies to clients that choose none.
const SILENCE: Duration = Duration::from_secs(28 * 60 * 60);

/// Returns the limits of the server.
pub fn limits() -> Limits {
    Limits::new().per_address(EACH).idle(SILENCE).out_buffer(4 * 1024 * 1024)
}

/// Returns the name of a packet for the log. The content is left out, because it may include a
/// password.
fn name(packet: &Packet) -> String {
    format!("{packet:?}").chars().take_while(char::is_ascii_alphanumeric).collect()
}

pub struct Served {
    client: Client,
    /// The message to publish if the client is lost.
    will: Option<(Message, QoS, bool)>,
}

impl Handler for Broker {
    type In<'a> = Packet;
    type Out = Packet;
    /// The client after its `Connect`.
    type State = Option<Served>;

    async fn open(&self, _: &mut Conn<Packet>) -> Result<Self::State, Close> {
        Ok(None)
    }

    async fn frame<'a>(
        &'a self,
        conn: &'a mut Conn<Packet>,
        state: &'a mut Self::State,
        packet: Packet,
    ) -> Result<(), Close> {
        match (state, packet) {
            (state @ None, Packet::Connect(connect)) => *state = Some(self.accept(conn, connect).await?),
            (None, _) => return Err("the first packet is not CONNECT".into()),
            (Some(served), Packet::Disconnect) => {
                served.will = None;
                return Err(Close::new());
            }
            (Some(served), packet) => self.serve(conn, &served.client, packet).await?,
        }
        Ok(())
    }

    async fn closed(&self, state: Self::State, _: CloseReason) {
        let Some(Served { client, will }) = state else { return };
        tracing::info!("{} is gone", client.id.escape_debug());
        self.disconnect(&client);
        if let Some((message, qos, retain)) = will {
            // Without an identifier, this cannot fail.
            let _ = self.publish(&client, message, qos, retain, None).await;
        }
    }
}

/// Sends the reason why a client is refused, and returns how to close its connection.
fn refuse(conn: &mut Conn<Packet>, code: ConnectCode) -> Close {
    match conn.send(Packet::ConnAck { session_present: false, code }) {
        Ok(()) => Close::new(),
        Err(error) => error.into(),
    }
}

impl Broker {
    /// Accepts a client, or refuses it and closes the connection.
    async fn accept(&self, conn: &mut Conn<Packet>, connect: Connect) -> Result<Served, Close> {
        let Connect::V311 {
            will_retain,
            will_qos,
            clean_session,
            keep_alive,
            client_id,
            will,
            user_name,
            password,
            ..
        } = connect
        else {
            return Err(refuse(conn, ConnectCode::UnacceptableVersion));
        };
        if client_id.len() > CLIENT_ID || (client_id.is_empty() && !clean_session) {
            return Err(refuse(conn, ConnectCode::IdentifierRejected));
        }
        let Some(owner) = self.owner(conn, user_name, password).await else {
            return Err(refuse(conn, ConnectCode::BadUserNameOrPassword));
        };
        let Some(client) = self.connect(client_id, clean_session, owner, &conn.handle())? else {
            return Err(refuse(conn, ConnectCode::NotAuthorized));
        };
        tracing::info!("{} is here", client.id.escape_debug());
        if keep_alive > 0 {
            conn.keep_alive(Duration::from_millis(u64::from(keep_alive) * 1500));
        }
        let will = will.map(|Will { topic, payload }| (Message::new(topic, payload), will_qos, will_retain));
        Ok(Served { client, will })
    }

    /// Returns the owner of the client: its user or, if there are no users, its address. Returns
    /// `None` for a wrong user name or password.
    async fn owner(
        &self,
        conn: &Conn<Packet>,
        user: Option<String>,
        password: Option<Vec<u8>>,
    ) -> Option<Owner> {
        let Some(users) = &self.users else { return Some(Owner::Network(conn.peer_addr().ip().into())) };
        let (user, password) = (user?, password.unwrap_or_default());
        users.check(conn.peer_addr().ip(), &user, &password).await.then_some(Owner::User(user))
    }

    async fn serve(&self, conn: &mut Conn<Packet>, client: &Client, packet: Packet) -> Result<(), Close> {
        // Unlike `conn.send`, `peer.send` waits for room in the out-buffer, which other connections
        // also fill.
        let peer = conn.handle();
        match packet {
            Packet::Publish { header, topic, id, payload } => {
                let (message, qos) = (Message::new(topic, payload), message::qos(header));
                // A client may send a QoS 2 message again until it has released its identifier.
                let once = id.filter(|_| qos == QoS::ExactlyOnce);
                self.publish(client, message, qos, message::retain(header), once).await?;
                match id {
                    Some(id) if once.is_some() => peer.send(Packet::PubRec { id }).await?,
                    Some(id) => peer.send(Packet::PubAck { id }).await?,
                    None => {}
                }
            }
            Packet::PubRel { id } => {
                self.with(client, |session, _| session.released(id))?;
                peer.send(Packet::PubComp { id }).await?;
            }
            Packet::PubAck { id } => {
                self.with(client, |session, retained| session.acknowledged(id, retained))?
            }
            Packet::Subscribe { id, filters } => {
                if let Some(asked) = filters.iter().find(|asked| !topic::is_filter(&asked.filter.0)) {
                    return Err(format!("misplaced wildcards in {}", excerpt(&asked.filter.0)).into());
                }
                // A client that has the acknowledgement does not subscribe again in the same session, so
                // the topics of its subscriptions are known before that, and none may be lost later.
                let codes = self.subscribe(client, &filters).await?;
                peer.send(Packet::SubAck { id, codes }).await?;
                self.with(client, Session::send_all)?;
            }
            Packet::Unsubscribe { id, filters } => {
                self.unsubscribe(client, filters.iter().map(|filter| filter.0.as_str()))?;
                peer.send(Packet::UnsubAck { id }).await?;
            }
            Packet::PingReq => {
                self.with(client, Session::send_all)?;
                peer.send(Packet::PingResp).await?;
            }
            unexpected => {
                return Err(format!("unexpected packet from a client: {}", name(&unexpected)).into());
            }
        }
        Ok(())
    }
}
