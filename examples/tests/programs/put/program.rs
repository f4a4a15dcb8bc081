//! Tests of the command line and of the client.

use std::fs;

use super::{FETCH, PUT, Served, content};
use crate::support::run;

#[test]
fn without_arguments_a_demo_runs() {
    let ended = run(PUT, &[]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    for part in ["201", "GET", "Content-Length: 22", "Declared, not parsed."] {
        assert!(ended.stdout.contains(part), "no {part:?} in\n{}", ended.stdout);
    }
}

#[test]
fn there_is_help() {
    for (words, part) in [(&["--help"][..], "server"), (&["server", "--help"], "127.0.0.1:8080")] {
        let ended = run(PUT, words);
        assert_eq!(ended.code, Some(0));
        assert!(ended.stdout.contains(part), "{words:?}\n{}", ended.stdout);
    }
}

#[test]
fn uploaded_files_can_be_downloaded() {
    let served = Served::with("client", &["--max-size", "1000000"]);
    let file = served.folder.join("source");
    let (file, copy) = (file.to_str().unwrap(), served.folder.join("copy"));
    for (name, len) in [("empty", 0), ("long", 1_000_000)] {
        fs::write(file, content(len)).unwrap();
        let ended = run(PUT, &["client", file, &served.url(name)]);
        assert_eq!((ended.code, ended.stderr), (Some(0), format!("{len} bytes put\n")));
        let ended = run(FETCH, &[&served.url(name), "-o", copy.to_str().unwrap()]);
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        assert_eq!(fs::read(&copy).unwrap(), content(len));
    }
    fs::write(file, content(1_000_001)).unwrap();
    let ended = run(PUT, &["client", file, &served.url("longer")]);
    assert_eq!(
        (ended.code, ended.stderr.as_str()),
        (Some(1), "error: the server answered: 413 Content Too Large\n")
    );
    assert_eq!(served.files(), ["copy", "empty", "long", "source"]);
}
