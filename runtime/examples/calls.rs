//! One connection shared by many tasks, with reconnecting.
//!
//! `cargo run --example calls`

use std::time::Duration;

use framewright::net::Backoff;
use framewright::prelude::*;

#[derive(Frame, Debug, Clone)]
#[frame(be)]
struct Query {
    id: u32,
    number: u64,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Answer {
    id: u32,
    square: u64,
}

async fn square(query: Query) -> Answer {
    Answer { id: query.id, square: query.number.saturating_mul(query.number) }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = Server::new(square).bind("127.0.0.1:0").await?;
    let address = server.local_addr();
    let first = tokio::spawn(server.serve());

    // Replies are matched to calls by id. For protocols that reply in order, use `in_order`.
    let client =
        Client::<Query, Answer>::reconnecting(address, Backoff::new().first(Duration::from_millis(10)));
    let (calls, _) = client.pipelined(|query| query.id, |answer| Some(answer.id));

    let tasks = (1..=8).map(|id| {
        let calls = calls.clone();
        tokio::spawn(async move { calls.call(&Query { id, number: id.into() }).await })
    });
    for (task, id) in tasks.collect::<Vec<_>>().into_iter().zip(1_u64..) {
        assert_eq!(task.await??.square, id * id);
    }

    // Another server takes the place of the first one, which stops.
    first.abort();
    let _ = first.await;
    let server = Server::new(square).bind(address).await?;
    tokio::spawn(server.serve());
    let answer = loop {
        // A call fails if its connection is lost, because the client cannot know whether the server
        // has carried it out.
        match calls.call(&Query { id: 9, number: 9 }).await {
            Ok(answer) => break answer,
            Err(error) => println!("once more: {error}"),
        }
    };
    println!("9 times 9 is {}", answer.square);
    assert_eq!(answer, Answer { id: 9, square: 81 });
    Ok(())
}
