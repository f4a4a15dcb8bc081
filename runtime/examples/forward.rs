//! A proxy: a handler that forwards each question to another server, and returns its answer.
//!
//! `cargo run --example forward`

use std::net::SocketAddr;

use framewright::net::Close;
use framewright::prelude::*;

/// A question, borrowed from the receive buffer. Its text is copied once, into the out-buffer of
/// the other connection.
#[derive(Frame, Debug)]
#[frame(be)]
struct Question<'a> {
    id: u32,
    #[len_prefixed]
    text: &'a str,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Answer {
    id: u32,
    len: u32,
}

struct Forward {
    behind: SocketAddr,
}

/// The connection to the other server, and the number of answers that are still to come.
struct Behind {
    session: Session,
    due: usize,
}

impl Handler for Forward {
    type In<'a> = Question<'a>;
    type Out = Answer;
    type State = Behind;

    async fn open(&self, _: &mut Conn<Answer>) -> Result<Behind, Close> {
        Ok(Behind { session: Session::connect(self.behind).await?, due: 0 })
    }

    // Feeding waits for nothing, so all questions that have arrived are sent in one write.
    async fn frame<'a>(
        &'a self,
        _: &'a mut Conn<Answer>,
        behind: &'a mut Behind,
        question: Question<'a>,
    ) -> Result<(), Close> {
        behind.due += 1;
        Ok(behind.session.feed(&question)?)
    }

    // All questions that had arrived are fed. Their answers are sent back in one write as well.
    async fn batch_end(&self, conn: &mut Conn<Answer>, behind: &mut Behind) -> Result<(), Close> {
        behind.session.flush().await?;
        while behind.due > 0 {
            let answer: Answer = behind.session.require().await?;
            behind.due -= 1;
            conn.send(answer)?;
        }
        Ok(())
    }
}

/// Runs the other server, which answers each text with its length.
async fn count(mut s: Session) -> Result<(), Close> {
    while let Some(question) = s.recv::<Question<'_>>().await? {
        let answer = Answer { id: question.id, len: u32::try_from(question.text.len())? };
        s.feed(&answer)?;
    }
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> framewright::Result<()> {
    let server = Server::sessions(count).bind("127.0.0.1:0").await?;
    let behind = server.local_addr();
    tokio::spawn(server.serve());
    let proxy = Server::new(Forward { behind }).bind("127.0.0.1:0").await?;
    let address = proxy.local_addr();
    tokio::spawn(proxy.serve());

    let mut s = Session::connect(address).await?;
    let texts = ["hello", "", "a longer text"];
    for (id, text) in (0..).zip(texts) {
        s.feed(&Question { id, text })?;
    }
    for (id, len) in [(0, 5), (1, 0), (2, 13)] {
        assert_eq!(s.require::<Answer>().await?, Answer { id, len });
    }
    println!("{} questions were forwarded and answered", texts.len());
    Ok(())
}
