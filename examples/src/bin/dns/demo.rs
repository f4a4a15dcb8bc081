//! The demo: a server and a client in one process, which shows every byte.

use framewright::{Error, Result};
use framewright_examples::{demo, log, say};
use tokio::sync::oneshot;

use crate::client::{ask, query};
use crate::protocol::Name;
use crate::{example, server};

pub async fn run() -> Result<()> {
    log("warn");
    let zone = example()?;
    let (ready, address) = oneshot::channel();
    let client = async {
        let address = address.await.map_err(Error::other)?;
        let questions = [
            ("Which server takes the mail of example.test?", "example.test.", 15),
            (
                "What is the address of WWW.example.test? Another name for the zone's own.",
                "WWW.example.test.",
                1,
            ),
            ("A name that does not exist.", "nobody.example.test.", 1),
            ("A text that is too long for a datagram.", "longest.example.test.", 16),
        ];
        for ((what, name, kind), id) in questions.into_iter().zip(1..) {
            say(format!("{what}\n"));
            let name = Name::parse(name, &Name::root()).map_err(Error::other)?;
            ask(address, &query(id, name, kind), false).await?;
        }
        Ok(())
    };
    let ready = |address| {
        // Sending fails only if the client has already failed. Then nobody waits for the address.
        let _ = ready.send(address);
    };
    demo(|stopped| server::serve(zone, "127.0.0.1:0", ready, stopped), client).await
}
