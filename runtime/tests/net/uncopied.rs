//! Tests that large bodies are written without a copy: by handlers, sessions, clients, and handles
//! that push.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use framewright::net::{Close, Conn, Hub, Member, Server, Session};
use framewright::prelude::*;
use framewright::{Client, ClientOptions};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, ReadBuf, duplex};

use crate::frames::{Line, Upload};

/// A stream that counts the written bytes that lie in the memory of a body, and takes at most
/// `most` bytes at once.
struct Watched {
    inner: DuplexStream,
    body: Bytes,
    uncopied: Arc<AtomicUsize>,
    most: usize,
}

impl Watched {
    fn is_of_body(&self, bytes: &[u8]) -> bool {
        self.body.as_ptr_range().contains(&bytes.as_ptr())
    }
}

impl AsyncWrite for Watched {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let bytes = &bytes[..bytes.len().min(self.most)];
        let written = Pin::new(&mut self.inner).poll_write(cx, bytes);
        if let (Poll::Ready(Ok(count)), true) = (&written, self.is_of_body(bytes)) {
            self.uncopied.fetch_add(*count, Ordering::Relaxed);
        }
        written
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let mut written = 0;
        for slice in slices {
            match self.as_mut().poll_write(cx, slice)? {
                Poll::Pending if written == 0 => return Poll::Pending,
                Poll::Pending => break,
                Poll::Ready(count) => {
                    written += count;
                    if count < slice.len() {
                        break;
                    }
                }
            }
        }
        Poll::Ready(Ok(written))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(cx, buffer)
    }
}

/// Runs one end of a connection. Sends `request` to it, then the end of the stream, and returns
/// what it has written, and how many bytes of `body` it has written without a copy.
async fn talk<F: Future>(
    body: &Bytes,
    most: usize,
    request: &'static [u8],
    end: impl FnOnce(Watched) -> F,
) -> (Vec<u8>, usize) {
    let (inner, mut far) = duplex(8 * 1024);
    let uncopied = Arc::<AtomicUsize>::default();
    let watched = Watched { inner, body: body.clone(), uncopied: Arc::clone(&uncopied), most };
    let peer = async {
        far.write_all(request).await.unwrap();
        // Only the writing side: `far` itself is read until the end.
        far.shutdown().await.unwrap();
        let mut written = Vec::new();
        far.read_to_end(&mut written).await.unwrap();
        written
    };
    let (written, _) = tokio::join!(peer, end(watched));
    (written, uncopied.load(Ordering::Relaxed))
}

/// Size in bytes from which bodies are written without a copy.
const SHARE_FROM: usize = 64 * 1024;

/// Bodies that are copied, and bodies that are not, with the number of bytes that a stream takes at
/// once.
fn cases() -> impl Iterator<Item = (Bytes, usize)> {
    let lens = [SHARE_FROM - 1, SHARE_FROM, 300_000];
    let body = |len| (0..len).map(|place: usize| place.to_le_bytes()[0]).collect::<Bytes>();
    lens.into_iter().flat_map(move |len| [7777, usize::MAX].map(|most| (body(len), most)))
}

fn uncopied(body: &Bytes) -> usize {
    if body.len() < SHARE_FROM { 0 } else { body.len() }
}

fn encoded(bodies: &[&[u8]]) -> Vec<u8> {
    let upload = |body: &&[u8]| Upload { body: Bytes::copy_from_slice(body) }.to_vec().unwrap();
    bodies.iter().flat_map(upload).collect()
}

/// A handler whose reply to a line is sent in the way that the line names. A small frame is sent
/// before and after it.
struct Files {
    body: Bytes,
    hub: Hub<String, Upload>,
}

impl Handler for Files {
    type In<'a> = Line;
    type Out = Upload;
    type State = Member<String, Upload>;

    async fn open(&self, conn: &mut Conn<Upload>) -> Result<Member<String, Upload>, Close> {
        Ok(self.hub.register("me".to_owned(), conn.handle()))
    }

    async fn frame(
        &self,
        conn: &mut Conn<Upload>,
        member: &mut Member<String, Upload>,
        line: Line,
    ) -> Result<(), Close> {
        let [first, body, last] =
            [Bytes::from("first"), self.body.clone(), Bytes::from("last")].map(|body| Upload { body });
        conn.send(first)?;
        match &*line.text {
            "send" => conn.send(body)?,
            "push" => conn.handle().send(body).await?,
            _ => {
                member.join("all".to_owned());
                conn.flush().await?;
                assert_eq!(self.hub.broadcast(&"all".to_owned(), body)?.delivered, 1);
            }
        }
        conn.send(last)?;
        Ok(())
    }

    async fn closed(&self, _: Member<String, Upload>, _: framewright::net::CloseReason) {}
}

#[tokio::test]
async fn handlers_write_large_bodies_without_a_copy() {
    for (body, most) in cases() {
        for way in [&b"send\n"[..], b"push\n", b"broadcast\n"] {
            let server = Server::new(Files { body: body.clone(), hub: Hub::new() });
            let (written, sent) =
                talk(&body, most, way, async |io| server.serve_connection(io).await.unwrap()).await;
            assert!(written == encoded(&[b"first", &body, b"last"]), "{way:?}, {}", body.len());
            // A broadcast is encoded once, and all members share that copy.
            let expected = if way == b"broadcast\n" { 0 } else { uncopied(&body) };
            assert_eq!(sent, expected, "{way:?}");
        }
    }
}

#[tokio::test]
async fn closures_write_large_bodies_without_a_copy() {
    for (body, most) in cases() {
        let reply = Upload { body: body.clone() };
        let answer = async move |_: Line| vec![reply.clone(), reply];
        let expected = encoded(&[&body, &body, &body, &body]);
        let server = Server::new(answer.clone());
        let (written, sent) =
            talk(&body, most, b"a\nb\n", async |io| server.serve_connection(io).await.unwrap()).await;
        assert!(written == expected);
        assert_eq!(sent, 4 * uncopied(&body));

        let later = async move |line: Line| {
            tokio::task::yield_now().await;
            answer(line).await
        };
        let server = Server::new(later).concurrency(4);
        let (written, sent) =
            talk(&body, most, b"a\nb\n", async |io| server.serve_connection(io).await.unwrap()).await;
        assert!(written == expected);
        assert_eq!(sent, 4 * uncopied(&body), "with concurrency");
    }
}

#[tokio::test]
async fn sessions_and_clients_write_large_bodies_without_a_copy() {
    for (body, most) in cases() {
        let frame = Upload { body: body.clone() };
        let expected = encoded(&[&body, &body]);
        let options = ClientOptions::new();

        let (written, sent) = talk(&body, most, b"", async |io| {
            let mut s = Session::over(io, &options);
            s.feed(&frame).unwrap();
            s.send(&frame).await.unwrap();
        })
        .await;
        assert!(written == expected);
        assert_eq!(sent, 2 * uncopied(&body), "a session");

        let (written, sent) = talk(&body, most, b"", async |io| {
            let mut s = Session::over(io, &options);
            s.feed(&frame).unwrap();
            s.feed(&frame).unwrap();
            s.into_parts().io.shutdown().await.unwrap();
        })
        .await;
        assert!(written == expected);
        assert_eq!(sent, 2 * uncopied(&body), "the parts of a session");

        let (written, sent) = talk(&body, most, b"", async |io| {
            let mut client = Client::<Upload>::over(io, &options);
            client.feed(&frame).unwrap();
            let (mut sender, _receiver) = client.split();
            sender.send(&frame).await.unwrap();
            sender.close().await.unwrap();
        })
        .await;
        assert!(written == expected);
        assert_eq!(sent, 2 * uncopied(&body), "the halves of a client");
    }
}
