//! A running server, and plain sockets without framing as its peers.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use framewright::net::{IntoHandler, Limits, Server};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A running server on a free port, which can be stopped.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<framewright::Result<()>>,
}

impl Running {
    pub(crate) async fn start<M>(handler: impl IntoHandler<M>) -> Self {
        Self::with(handler, Limits::new()).await
    }

    pub(crate) async fn with<M>(handler: impl IntoHandler<M>, limits: Limits) -> Self {
        let server = Server::new(handler).limits(limits).bind("127.0.0.1:0").await.unwrap();
        let (stop, stopped) = oneshot::channel();
        let address = server.local_addr();
        Self { address, stop, task: tokio::spawn(server.serve_until(stopped)) }
    }

    /// Drains the server and waits for its end.
    pub(crate) async fn stop(self) {
        self.stop.send(()).unwrap();
        self.task.await.unwrap().unwrap();
    }
}

/// Runs blocking code while the server keeps running.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

/// A plain socket. No read of a test waits for longer than ten seconds.
pub(crate) struct Raw(pub(crate) TcpStream);

impl Raw {
    pub(crate) fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        stream.set_nodelay(true).unwrap();
        Self(stream)
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).unwrap();
    }

    /// Reads exactly `len` bytes.
    pub(crate) fn recv(&mut self, len: usize) -> Vec<u8> {
        let mut bytes = vec![0; len];
        self.0.read_exact(&mut bytes).unwrap();
        bytes
    }

    /// Reads everything up to the end.
    pub(crate) fn recv_all(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.0.read_to_end(&mut bytes).unwrap();
        bytes
    }

    /// Closes the sending side.
    pub(crate) fn finish(&mut self) {
        self.0.shutdown(Shutdown::Write).unwrap();
    }
}
