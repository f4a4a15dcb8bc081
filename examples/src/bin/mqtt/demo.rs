//! The demo: a broker, a subscriber and a publisher in one process.

use std::net::SocketAddr;
use std::num::NonZeroU16;

use bytes::Bytes;
use framewright::prelude::*;
use framewright::{Error, Result};
use framewright_examples::{demo, log, say, show};

use crate::broker::Broker;
use crate::message::Message;
use crate::protocol::{Connect, Filter, Packet, QoS, Subscription, Will};
use crate::server::limits;

pub async fn run() -> Result<()> {
    log("warn");
    let server = Server::new(Broker::new(None)).limits(limits()).bind("127.0.0.1:0").await?;
    let clients = talk(server.local_addr());
    demo(|stopped| server.serve_until(stopped), clients).await
}

async fn talk(server: SocketAddr) -> Result<()> {
    say("Ada wants to know the temperature of every room.\n");
    let mut ada = connected(server, "ada", None).await?;
    let filter = Filter("room/+/temperature".to_owned());
    let filters = vec![Subscription { filter, reserved: Auto::new(), qos: QoS::AtLeastOnce }];
    let id = NonZeroU16::MIN;
    exchange(&mut ada, "Ada", Packet::Subscribe { id, filters }).await?;

    say("A sensor measures it. If the sensor is lost, Ada will be told.\n");
    let will = Will { topic: "room/7/temperature".to_owned(), payload: Bytes::from_static(b"lost") };
    let mut sensor = connected(server, "sensor-7", Some(will)).await?;
    let message = Message::new("room/7/temperature".to_owned(), Bytes::from_static(b"21.5"));
    exchange(&mut sensor, "sensor", message.packet(Some(id), false, false)).await?;
    show("server -> Ada", &next(&mut ada).await?);
    ada.send(&Packet::PubAck { id }).await?;

    say("It is lost.\n");
    drop(sensor);
    show("server -> Ada", &next(&mut ada).await?);
    Ok(())
}

async fn connected(server: SocketAddr, id: &str, will: Option<Will>) -> Result<Client<Packet>> {
    let mut client = Client::connect(server).await?;
    let connect = Connect::V311 {
        has_user_name: Auto::new(),
        has_password: Auto::new(),
        will_retain: false,
        will_qos: QoS::AtMostOnce,
        has_will: Auto::new(),
        clean_session: true,
        reserved: Auto::new(),
        keep_alive: 60,
        client_id: id.to_owned(),
        will,
        user_name: None,
        password: None,
    };
    exchange(&mut client, id, Packet::Connect(connect)).await?;
    Ok(client)
}

/// Sends a packet and waits for the reply. Shows both.
async fn exchange(client: &mut Client<Packet>, name: &str, packet: Packet) -> Result<()> {
    show(&format!("{name} -> server"), &packet);
    show(&format!("server -> {name}"), &client.call(&packet).await?);
    Ok(())
}

async fn next(client: &mut Client<Packet>) -> Result<Packet> {
    client.recv().await?.ok_or(Error::Closed)
}
