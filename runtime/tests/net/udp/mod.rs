//! Tests of datagrams over loopback.

mod client;
mod senders;
mod server;
mod stats;

use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

use framewright::net::Limits;
use framewright::udp;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::frames::Rest;

struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<framewright::Result<()>>,
}

impl Running {
    async fn stop(self) {
        self.stop.send(()).unwrap();
        self.task.await.unwrap().unwrap();
    }
}

async fn greeter() -> Running {
    let greet = async |name: Rest| {
        if name.text == "slow" {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        Rest::new(format!("hello {}!", name.text))
    };
    let server = udp::Server::new(greet).limits(Limits::new()).bind("127.0.0.1:0").await.unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    Running { address: server.local_addr(), stop, task: tokio::spawn(server.serve_until(stopped)) }
}

fn raw(address: SocketAddr) -> UdpSocket {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    socket.connect(address).unwrap();
    socket
}

fn recv(socket: &UdpSocket) -> Vec<u8> {
    let mut bytes = vec![0; 65_535];
    let len = socket.recv(&mut bytes).unwrap();
    bytes.truncate(len);
    bytes
}
