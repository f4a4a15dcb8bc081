//! The demo: a device and a client in one process, which shows every byte.

use std::sync::Arc;

use framewright::{Auto, Client, Result, Server};
use framewright_examples::{demo, log, say, show};

use crate::device::Device;
use crate::protocol::{Packet, Range, Reply, Request};

pub async fn run() -> Result<()> {
    log("warn");
    let device = Arc::new(Device::default());
    let server = Server::new(async move |received| device.answer(received)).bind("127.0.0.1:0").await?;
    let address = server.local_addr();
    let client = async {
        let mut client = Client::<Packet<Request>, Packet<Reply>>::connect(address).await?;
        let registers = Range { address: 10, quantity: 3 };
        let requests = [
            ("Three registers are written.", Request::WriteRegisters(registers, vec![555, 0, 100])),
            ("They are read again.", Request::ReadRegisters(3, Range { address: 10, quantity: 3 })),
            (
                "Some bits are read, eight to a byte.",
                Request::ReadBits(2, Range { address: 0, quantity: 19 }),
            ),
            (
                "A register that does not exist is requested.",
                Request::ReadBits(1, Range { address: 5000, quantity: 1 }),
            ),
        ];
        for ((what, body), transaction) in requests.into_iter().zip(1..) {
            say(format!("{what}\n"));
            let request = Packet { transaction, protocol: Auto::new(), length: Auto::new(), unit: 1, body };
            show("client -> device", &request);
            show("device -> client", &client.call(&request).await?);
        }
        Ok(())
    };
    demo(|stopped| server.serve_until(stopped), client).await
}
