//! Tests of zone files: their syntax, and the errors for mistakes.

use std::fs;
use std::path::PathBuf;

use super::DNS;
use super::wire::{A, MX, NO_ERROR, NO_SUCH_NAME, REFUSED, TXT, ask, name, query};
use crate::support::{Program, run};

/// Writes a file that no other test and no other run of this test uses, and returns its path.
fn file(name: &str, text: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{name}", std::process::id()));
    fs::write(&path, text).unwrap();
    path
}

const SOA: &str = "home.arpa. 60 IN SOA ns.home.arpa. me.home.arpa. 1 2 3 4 5\n";

#[test]
fn serves_the_zone_of_a_file() {
    let text = "
        ; a comment
home.arpa. 60 IN SOA ns.home.arpa. me.home.arpa. ( 1 2
3 ; a comment between
4 5 )
$ORIGIN home.arpa.
$TTL 30
@ IN 90 TXT \"a ; b\" plain \"( \" \"\"
   MX 5 box
box IN A 10.0.0.1 ; the box
\tA 10.0.0.2
$ORIGIN sub.home.arpa.
box A 10.0.0.3
loop CNAME loop
";
    let path = file("home.zone", text);
    let server = Program::server(DNS, &["--zone", path.to_str().unwrap()]);
    fs::remove_file(path).unwrap();
    let texts = ask(&server, &query(1, "home.arpa.", TXT)).bytes;
    assert!(texts.ends_with(b"\0\0\0\x5a\0\x10\x05a ; b\x05plain\x02( \0"), "{}", texts.escape_ascii());
    let mail = ask(&server, &query(1, "home.arpa.", MX)).bytes;
    assert!(mail.ends_with(&[&b"\0\0\0\x1e\0\x11\0\x05"[..], &name("box.home.arpa.")].concat()));
    let addresses = ask(&server, &query(1, "box.home.arpa.", A));
    assert_eq!((addresses.code, addresses.counts), (NO_ERROR, [1, 2, 0, 0]));
    assert!(ask(&server, &query(1, "box.sub.home.arpa.", A)).bytes.ends_with(&[10, 0, 0, 3]));
    assert_eq!(ask(&server, &query(1, "x.sub.home.arpa.", A)).code, NO_SUCH_NAME);
    assert_eq!(ask(&server, &query(1, "example.test.", A)).code, REFUSED);
    // An alias that refers to itself is followed eight times, which is the maximum length of a
    // chain.
    let alias = ask(&server, &query(1, "loop.sub.home.arpa.", A));
    assert_eq!((alias.code, alias.counts), (NO_ERROR, [1, 8, 0, 0]));
}

#[test]
fn says_what_is_wrong_in_which_line() {
    for (text, fault) in [
        (format!("{SOA}x.home.arpa. A\n"), "line 2: something is missing at the end"),
        (format!("{SOA}x.home.arpa. 1 A 10.0.0.256\n"), "line 2: unexpected \"10.0.0.256\""),
        (format!("{SOA}x.home.arpa. 1 A 10.0.0.1 x\n"), "line 2: unexpected \"x\""),
        (
            format!("{SOA}x.home.arpa. A 10.0.0.1\n"),
            "line 2: there is no time to live, and no $TTL before it",
        ),
        (format!("{SOA}x.home.arpa. 1 LOC 1\n"), "line 2: \"LOC\" is not one of A, AAAA"),
        (format!("{SOA}\nx..home.arpa. 1 A 10.0.0.1\n"), "line 3: \"x..home.arpa.\" is not a name"),
        (format!("{SOA}{}. 1 A 10.0.0.1\n", "x".repeat(64)), "line 2: "),
        (format!("{SOA}{} 1 A 10.0.0.1\n", "x.".repeat(128)), "line 2: Record.name: "),
        (format!("{SOA}x.home.arpa. 1 TXT \"{}\"\n", "x".repeat(256)), "line 2: Record.data"),
        (format!("{SOA}x.home.arpa. 1 TXT \"x\n"), "line 2: a quote is never closed"),
        (format!("{SOA}x.home.arpa. 1 A ( 10.0.0.1\n\n"), "line 2: the parenthesis is never closed"),
        (format!("{SOA}x.home.arp. 1 A 10.0.0.1\n"), "there are records outside of the zone"),
        (" A 10.0.0.1\n".to_owned(), "line 1: there is no name before this line"),
        ("$TTL many\n".to_owned(), "line 1: unexpected \"many\""),
        ("x. 1 A 10.0.0.1\n".to_owned(), "there is no SOA record"),
        (String::new(), "there is no SOA record"),
    ] {
        let path = file("wrong.zone", &text);
        let ended = run(DNS, &["server", "--zone", path.to_str().unwrap(), "--listen", "127.0.0.1:0"]);
        fs::remove_file(path).unwrap();
        assert_eq!(ended.code, Some(1), "{text}");
        assert!(ended.stderr.contains(&format!("wrong.zone: {fault}")), "{text}{}", ended.stderr);
    }
    let ended = run(DNS, &["server", "--zone", "no such file"]);
    assert!(ended.stderr.starts_with("error: no such file: "), "{}", ended.stderr);
}
