//! Conversion of existing sockets.

use std::io;

use tokio::net::UdpSocket;

/// A bound socket for [`udp::Server::socket`](crate::net::udp::Server::socket) and
/// [`udp::Endpoint::socket`](crate::net::udp::Endpoint::socket). Implemented by the `UdpSocket`s of
/// std and of tokio.
pub trait IntoSocket: sealed::Sealed {
    #[doc(hidden)]
    fn into_socket(self) -> io::Result<UdpSocket>;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for std::net::UdpSocket {}
    impl Sealed for tokio::net::UdpSocket {}
}

impl IntoSocket for UdpSocket {
    fn into_socket(self) -> io::Result<UdpSocket> {
        Ok(self)
    }
}

impl IntoSocket for std::net::UdpSocket {
    fn into_socket(self) -> io::Result<UdpSocket> {
        self.set_nonblocking(true)?;
        UdpSocket::from_std(self)
    }
}
