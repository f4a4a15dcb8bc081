//! Tests of a store that fails: the server reports a clear error, and sends no receipt.

use std::io::Write;
use std::process::Command;

use super::{ADAS, BOBS, CHAT, greeted, hello, msg, next, reply, serve};
use crate::support::{Folder, Plain, Program, run};

#[test]
fn reports_a_file_that_is_not_a_database() {
    let folder = Folder::new();
    let file = folder.path().join("chat.sqlite");
    std::fs::write(&file, "this is a letter, not a database, and long enough to tell").unwrap();
    let ended = run(CHAT, &["server", "--listen", "127.0.0.1:0", "--store", file.to_str().unwrap()]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("chat.sqlite: file is not a database"), "{}", ended.stderr);
    let missing = folder.path().join("nowhere").join("chat.sqlite");
    let ended = run(CHAT, &["server", "--listen", "127.0.0.1:0", "--store", missing.to_str().unwrap()]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("unable to open database file"), "{}", ended.stderr);
}

/// A limit on the size of files simulates a full disk: writing fails in the same way.
#[cfg(unix)]
#[test]
fn a_full_disk_ends_receipts() {
    let limited = "trap '' XFSZ; ulimit -f 600; exec \"$0\" server --listen 127.0.0.1:0";
    ends_receipts(
        Command::new("sh").args(["-c", limited, CHAT]),
        "messages cannot be stored: disk I/O error",
    );
}

/// Checks that a server that runs out of space reports that, and sends no receipts for messages
/// that it cannot store.
#[cfg(unix)]
fn ends_receipts(server: &mut Command, error: &str) {
    let folder = Folder::new();
    let mut server = Program::start_in(folder.clone(), server);
    let mut ada = greeted(&server, 1, ADAS, 0, 0);
    let body = [b'x'; 10_000];
    let (mut receipts, mut sent) = (0, 0);
    for _ in 0..200 {
        if ada.write_all(&msg(1, 2, 1, &body)).is_err() {
            break;
        }
        sent += 1;
    }
    // The server closes the connection instead of sending the receipt.
    let receipt = reply(1, 1, &body);
    let mut found = &ada.drain()[..];
    while let Some(at) = found.windows(receipt.len()).position(|window| window == receipt) {
        found = &found[at + receipt.len()..];
        receipts += 1;
    }
    assert!(receipts < sent, "{receipts} of {sent}");
    server.wait_for(&[error]);
    server.kill();
    // Once the disk has space again, every message with a receipt is in the store.
    let server = serve(&folder, &[]);
    let mut ada = server.connect();
    ada.write_all(&hello(1, 0, ADAS, "")).unwrap();
    let stored = u64::from_be_bytes(next(&mut ada).2[..8].try_into().unwrap());
    assert!(stored >= receipts, "{stored} stored, {receipts} receipts");
    let mut bob = greeted(&server, 2, BOBS, 0, 0);
    for number in 1..=stored {
        bob.expect(&reply(1, 1, &body));
        bob.write_all(&super::taken(2, number)).unwrap();
    }
    ada.exchange(&msg(1, 0, 1, b"?"), &reply(1, 1, b"?"));
}

#[test]
fn a_locked_database_ends_receipts_until_it_is_free() {
    let folder = Folder::new();
    let mut server = serve(&folder, &[]);
    let mut ada = greeted(&server, 1, ADAS, 0, 0);
    let other = rusqlite::Connection::open(folder.path().join("chat.sqlite")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    ada.write_all(&msg(1, 2, 1, b"lost?")).unwrap();
    assert_eq!(ada.drain(), b"");
    server.wait_for(&["messages cannot be stored", "database is locked"]);
    other.execute_batch("ROLLBACK").unwrap();
    let mut ada = greeted(&server, 1, ADAS, 0, 0);
    ada.exchange(&msg(1, 0, 1, b"x"), &reply(1, 1, b"x"));
    server.wait_for(&["messages are stored again"]);
}

#[test]
fn a_damaged_database_ends_receipts() {
    let folder = Folder::new();
    let mut server = serve(&folder, &[]);
    let mut ada = greeted(&server, 1, ADAS, 0, 0);
    for _ in 0..50 {
        ada.write_all(&msg(1, 2, 1, &[b'x'; 4000])).unwrap();
    }
    let mut receipts = 0;
    while receipts < 50 {
        receipts += usize::from(next(&mut ada).0 == 1);
    }
    server.kill();
    let file = folder.path().join("chat.sqlite");
    // The checkpoint moves everything from the log into the file itself.
    rusqlite::Connection::open(&file).unwrap().execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    let mut bytes = std::fs::read(&file).unwrap();
    // Overwrites everything except the first nine pages, which list the tables.
    let tables = 4096 * 9;
    bytes[tables..].fill(0x55);
    std::fs::write(&file, bytes).unwrap();
    let mut server = serve(&folder, &[]);
    let mut bob = server.connect();
    bob.write_all(&hello(2, 0, BOBS, "")).unwrap();
    let mut ada = server.connect();
    ada.write_all(&[hello(1, 0, ADAS, ""), msg(1, 2, 1, b"new")].concat()).unwrap();
    server.wait_for(&["messages cannot be stored", "malformed"]);
    let _ = bob.shutdown(std::net::Shutdown::Write);
    assert!(!ada.finish().windows(3).any(|window| window == b"new"), "a receipt for what is not kept");
}
