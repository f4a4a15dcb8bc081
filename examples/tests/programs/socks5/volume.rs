//! A test that sends many bytes in both directions at once, while the memory of the proxy stays
//! small.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread;

use super::{SOCKS5, through};
use crate::support::Program;

/// Returns the byte at an offset of a stream. `way` makes the two directions differ.
fn byte(at: usize, way: u8) -> u8 {
    at.to_le_bytes()[0].wrapping_mul(31) ^ at.to_le_bytes()[2] ^ way
}

fn write(mut to: TcpStream, len: usize, way: u8) {
    let mut at = 0;
    let mut piece = vec![0; 64 * 1024];
    while at < len {
        let now = piece.len().min(len - at);
        for (index, place) in piece[..now].iter_mut().enumerate() {
            *place = byte(at + index, way);
        }
        to.write_all(&piece[..now]).unwrap();
        at += now;
    }
    to.shutdown(Shutdown::Write).unwrap();
}

fn read(mut from: TcpStream, way: u8) -> usize {
    let mut at = 0;
    let mut piece = vec![0; 64 * 1024];
    loop {
        let now = from.read(&mut piece).unwrap();
        if now == 0 {
            return at;
        }
        let right = piece[..now].iter().enumerate().all(|(index, found)| *found == byte(at + index, way));
        assert!(right, "in the {now} bytes at {at}");
        at += now;
    }
}

fn both_ways(len: usize) {
    let proxy = Program::server(SOCKS5, &[]);
    let (client, host) = through(&proxy);
    let ends = [(client, 1, 2), (host, 2, 1)];
    let workers: Vec<_> = ends
        .into_iter()
        .flat_map(|(end, ours, theirs)| {
            let other = end.try_clone().unwrap();
            let writer = thread::spawn(move || {
                write(end, len, ours);
                len
            });
            [writer, thread::spawn(move || read(other, theirs))]
        })
        .collect();
    for worker in workers {
        assert_eq!(worker.join().unwrap(), len);
    }
    #[cfg(target_os = "linux")]
    {
        let most = proxy.most_memory();
        println!("{len} bytes each way; the proxy took at most {most} bytes of memory");
        assert!(most < 64 * 1024 * 1024, "{most}");
    }
}

#[test]
fn bytes_pass_both_ways_through_little_memory() {
    both_ways(64 * 1024 * 1024);
}

#[test]
#[ignore = "takes long; `.ci/full` runs it"]
fn a_gigabyte_passes_each_way() {
    both_ways(1024 * 1024 * 1024);
}
