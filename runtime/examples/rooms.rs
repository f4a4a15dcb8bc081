//! Messages to one connection by name, and to all in a room.
//!
//! `cargo run --example rooms`

use framewright::net::{Close, Delivery, Hub, Member};
use framewright::prelude::*;

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, tag = u8)]
enum Talk {
    #[tag(0)]
    Name {
        #[len_prefixed(u8)]
        name: String,
    },
    #[tag(1)]
    To {
        #[len_prefixed(u8)]
        name: String,
        #[len_prefixed]
        text: String,
    },
    #[tag(2)]
    All {
        #[len_prefixed]
        text: String,
    },
}

struct Rooms {
    hub: Hub<String, Talk>,
}

impl Handler for Rooms {
    type In<'a> = Talk;
    type Out = Talk;
    /// The member is dropped with the connection, which frees the name and leaves the rooms.
    type State = Option<Member<String, Talk>>;

    async fn open(&self, _: &mut Conn<Talk>) -> Result<Self::State, Close> {
        Ok(None)
    }

    async fn frame(&self, conn: &mut Conn<Talk>, member: &mut Self::State, talk: Talk) -> Result<(), Close> {
        match &talk {
            Talk::Name { name } => {
                let mut named = self.hub.register(name.clone(), conn.handle());
                named.join("everyone".into());
                *member = Some(named);
                conn.send(talk)?;
            }
            Talk::To { name, .. } => {
                if self.hub.send_to(name, &talk)? == Delivery::Offline {
                    conn.send(Talk::All { text: format!("{name} is not here") })?;
                }
            }
            // The message is encoded once, however many members the room has.
            Talk::All { .. } => {
                self.hub.broadcast(&"everyone".to_owned(), &talk)?;
            }
        }
        Ok(())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> framewright::Result<()> {
    let server = Server::new(Rooms { hub: Hub::new() }).bind("127.0.0.1:0").await?;
    let address = server.local_addr();
    tokio::spawn(server.serve());

    let (mut ann, mut bob) =
        (Client::<Talk>::connect(address).await?, Client::<Talk>::connect(address).await?);
    ann.call(&Talk::Name { name: "ann".into() }).await?;
    bob.call(&Talk::Name { name: "bob".into() }).await?;

    let hello = Talk::To { name: "bob".into(), text: "hello".into() };
    ann.send(&hello).await?;
    assert_eq!(bob.recv().await?, Some(hello));

    let all = Talk::All { text: "hello, all".into() };
    bob.send(&all).await?;
    assert_eq!(ann.recv().await?, Some(all.clone()));
    assert_eq!(bob.recv().await?, Some(all));
    println!("ann and bob have met");
    Ok(())
}
