//! A client without an async runtime, over TCP and over any `Read + Write`.
//!
//! `cargo run --example blocking`

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use framewright::prelude::*;
use framewright::{ClientOptions, blocking};

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Word {
    #[len_prefixed(u8)]
    text: String,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // An echo server that uses only the standard library.
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let server = thread::spawn(move || -> std::io::Result<()> {
        for _ in 0..2 {
            let (mut stream, _) = listener.accept()?;
            let mut bytes = [0; 6];
            stream.read_exact(&mut bytes)?;
            stream.write_all(&bytes)?;
        }
        Ok(())
    });

    let hello = Word { text: "hello".into() };
    let mut client = blocking::Client::<Word>::connect(address)?;
    assert_eq!(client.call(&hello)?, hello);

    // For a serial port, open one with the `serialport` crate instead of this stream.
    let port = std::net::TcpStream::connect(address)?;
    let mut client = blocking::Client::<Word>::over(port, &ClientOptions::new());
    let reply = client.call(&hello)?;
    println!("{}", reply.text);
    assert_eq!(reply, hello);
    server.join().map_err(|_| "the server panicked")??;
    Ok(())
}
