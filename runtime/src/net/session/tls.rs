//! Sessions over TLS, from the beginning or from some point on.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use std::{fmt, io};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::ToSocketAddrs;
use tokio::time::timeout;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, ServerConfig};
use tokio_rustls::{TlsAcceptor, TlsConnector};

use super::body::Whole;
use super::connect::{connect, ends_of, in_time};
use super::parts::Prefixed;
use super::{BoxIo, Session};
use crate::error::{Error, Result};
use crate::net::connection::close::{CloseReason, Timeout};
use crate::net::tls::TlsInfo;
use crate::options::ClientOptions;

/// The argument of [`Session::start_tls`]: an `Arc<ServerConfig>` for the server's side, or the
/// server's name and an `Arc<ClientConfig>` for the client's side.
pub trait IntoTls: Send {
    #[doc(hidden)]
    fn handshake(self, io: BoxIo) -> impl Future<Output = io::Result<(BoxIo, TlsInfo)>> + Send;
}

impl IntoTls for Arc<ServerConfig> {
    async fn handshake(self, io: BoxIo) -> io::Result<(BoxIo, TlsInfo)> {
        let stream = TlsAcceptor::from(self).accept(io).await?;
        let info = TlsInfo::of_client(stream.get_ref().1);
        Ok((Box::new(stream), info))
    }
}

impl<N: AsRef<str> + Send> IntoTls for (N, Arc<ClientConfig>) {
    async fn handshake(self, io: BoxIo) -> io::Result<(BoxIo, TlsInfo)> {
        let name = ServerName::try_from(self.0.as_ref().to_owned())
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        let stream = TlsConnector::from(self.1).connect(name, io).await?;
        let info = TlsInfo::of_server(stream.get_ref().1);
        Ok((Box::new(stream), info))
    }
}

impl Session {
    /// Switches this connection to TLS. On a server pass an `Arc<ServerConfig>`, on a client the
    /// server's name and an `Arc<ClientConfig>`.
    ///
    /// Frames fed before are written in plain text. Pushed frames wait for the end of the
    /// handshake. Do not push the frame that announces TLS, but feed it. If other frames are pushed to
    /// this peer, feed it in the closure itself, directly before this call: while the closure waits for
    /// something else, or in another task, a pushed frame may be written after it in plain text. The
    /// handshake may take
    /// [`Limits::first_frame_time`](crate::net::Limits::first_frame_time), or a minute if that
    /// limit is disabled.
    ///
    /// ```no_run
    /// use std::sync::Arc;
    ///
    /// use framewright::net::{Close, tls};
    /// use framewright::prelude::*;
    ///
    /// #[derive(Frame)]
    /// struct Line { #[until(b"\r\n")] text: String }
    ///
    /// # fn f() -> framewright::Result<()> {
    /// let config = tls::server_config(&std::fs::read("chain.pem")?, &std::fs::read("key.pem")?)?;
    /// let server = Server::sessions(async move |mut s: Session| -> Result<(), Close> {
    ///     while let Some(line) = s.recv::<Line>().await? {
    ///         if line.text == "STARTTLS" {
    ///             s.feed(&Line { text: "220 go ahead".into() })?;
    ///             s.start_tls(Arc::clone(&config)).await?;
    ///         }
    ///     }
    ///     Ok(())
    /// });
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Other`] if the peer has sent plain text after the frame that requested TLS, because
    /// an attacker could otherwise inject commands that seem to have arrived encrypted. The session
    /// then continues without TLS. [`Error::Io`] if the handshake fails and [`Error::Timeout`] if
    /// it takes too long; the connection is then aborted.
    ///
    /// # Cancel safety
    /// If cancelled, the connection is aborted.
    pub async fn start_tls(&mut self, how: impl IntoTls) -> Result<()> {
        let whole = Whole { session: self, done: false };
        let prepared = whole.session.end_plain_text().await;
        if prepared.is_err() {
            return whole.end(prepared);
        }
        if !whole.session.near.framer.read_ahead().is_empty() {
            whole.finish();
            return Err(Error::other("the peer sent plain text before the TLS handshake"));
        }
        whole.session.begin_step();
        let secured = whole.session.secure(how).await;
        whole.end(secured)
    }

    /// Writes what was fed before, skips the rest of bodies, and lets pushed frames wait.
    async fn end_plain_text(&mut self) -> Result<()> {
        self.announce_step();
        // The peer may wait for what was fed before it sends the rest of a body.
        self.flush().await?;
        if !self.near.rest.is_nothing() {
            self.pass_over().await?;
        }
        Ok(())
    }

    /// Performs the handshake, and continues with the encrypted stream.
    async fn secure(&mut self, how: impl IntoTls) -> Result<()> {
        const MINUTE: Duration = Duration::from_secs(60);
        let (io, time) = {
            let mut state = self.link.lock();
            let Some(transport) = &mut state.transport else { return Err(Error::Closed) };
            // Bytes read ahead are the beginning of the handshake: the framer's buffer was empty,
            // and these bytes arrived later.
            let (prefix, error) = transport.take_ahead();
            if let Some(error) = error {
                return Err(error.into());
            }
            let prefix = prefix.freeze();
            let io = std::mem::replace(&mut transport.io, Box::new(Busy));
            let time = transport.limits.first_frame_time.unwrap_or(MINUTE);
            (Prefixed { prefix, io }, time)
        };
        let shaking = timeout(time, how.handshake(Box::new(io)));
        let Ok(shaken) = self.meanwhile(shaking).await? else {
            self.link.end(CloseReason::Timeout(Timeout::Frame));
            return Err(Error::Timeout("the TLS handshake did not finish in time"));
        };
        let (io, info) = shaken?;
        // With TLS within TLS, the properties of the outer layer are kept.
        let _ = self.link.outbox.ends.tls.set(Box::new(info));
        if let Some(transport) = &mut self.link.lock().transport {
            transport.io = io;
        }
        Ok(())
    }

    /// Waits for `work`, and detects the end of the connection meanwhile.
    async fn meanwhile<T>(&mut self, work: impl Future<Output = T>) -> Result<T> {
        let Self { link, near, .. } = self;
        let mut work = pin!(work);
        poll_fn(|cx| match work.as_mut().poll(cx) {
            Poll::Ready(done) => Poll::Ready(Ok(done)),
            Poll::Pending => near.poll_others(link, cx),
        })
        .await
    }

    /// Connects to a server over TLS. The server must present a certificate for `name`.
    ///
    /// # Errors
    /// [`Error::Connect`] if the server cannot be reached in time, or its certificate is not
    /// accepted.
    ///
    /// # Cancel safety
    /// If cancelled, there is no connection.
    pub async fn connect_tls(
        address: impl ToSocketAddrs + fmt::Debug,
        name: &str,
        config: Arc<ClientConfig>,
    ) -> Result<Self> {
        Self::connect_tls_with(address, name, config, ClientOptions::new()).await
    }

    /// Like [`connect_tls`](Self::connect_tls), with custom timeouts and limits.
    ///
    /// # Errors
    /// Same as [`connect_tls`](Self::connect_tls).
    ///
    /// # Cancel safety
    /// Same as [`connect_tls`](Self::connect_tls).
    pub async fn connect_tls_with(
        address: impl ToSocketAddrs + fmt::Debug,
        name: &str,
        config: Arc<ClientConfig>,
        options: ClientOptions,
    ) -> Result<Self> {
        let connecting = async {
            let stream = connect(&address).await?;
            let ends = ends_of(&stream);
            let (io, info) = (name, config).handshake(Box::new(stream)).await?;
            Ok((io, ends, info))
        };
        let (io, ends, info) = in_time(&address, &options, connecting).await?;
        let session = Self::between(io, ends, &options);
        // The properties were not set before, so this cannot fail.
        let _ = session.link.outbox.ends.tls.set(Box::new(info));
        Ok(session)
    }
}

/// A stream that neither reads nor writes. It replaces the real stream during the handshake.
struct Busy;

impl AsyncRead for Busy {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Poll::Pending
    }
}

impl AsyncWrite for Busy {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, _: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Pending
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
