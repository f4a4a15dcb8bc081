//! Tests of the chat in a browser.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::thread;

use super::{BOBS, CHAT, greeted, hello, msg, next, reply, serve_on, taken, web};
use crate::browser::Browser;
use crate::support::{Folder, Plain, Program, Running};

const DESKTOP: [u32; 2] = [1100, 700];
const PHONE: [u32; 2] = [390, 844];

/// A picture of one pixel.
const PIXEL: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0:~\x9bU\0\0\0\nIDATx\x9cc`\0\0\0\x02\0\x01H\xaf\xa4q\0\0\0\0IEND\xaeB`\x82";

/// Opens a page and logs in.
fn come_in(browser: &mut Browser, page: &str, at: SocketAddr, name: u32, size: [u32; 2]) {
    browser.open(page, &format!("http://{at}/"), size, "light");
    browser.enter(page, "#me", &name.to_string(), "Enter");
    is_online(browser, page);
}

fn is_online(browser: &mut Browser, page: &str) {
    browser.wait(page, "document.querySelector('#state').textContent === 'online'");
}

fn write_to(browser: &mut Browser, page: &str, name: u32) {
    browser.enter(page, "#whom", &name.to_string(), "Enter");
    browser.wait(page, &format!("document.querySelector('#name').value === '{name}'"));
}

/// Opens the conversation with this user, once the list shows that it has unread messages.
fn read(browser: &mut Browser, page: &str, name: u32) {
    let item = format!(".item[data-with=\"{name}\"]");
    browser.wait(page, &format!("document.querySelector('{item} .unread:not(:empty)') !== null"));
    browser.click(page, &item);
    browser.wait(page, &format!("document.querySelector('{item}').ariaCurrent === 'true'"));
}

fn say(browser: &mut Browser, page: &str, text: &str) {
    browser.enter(page, "#text", text, "Enter");
}

/// Returns the content of the open conversation.
fn texts(browser: &mut Browser, page: &str) -> Vec<String> {
    let texts = browser
        .value(page, "[...document.querySelectorAll('#messages .text')].map((each) => each.textContent)");
    texts.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

fn shows(browser: &mut Browser, page: &str, count: usize) {
    browser.wait(page, &format!("document.querySelectorAll('#messages .text').length === {count}"));
}

/// Waits until the server has stored all of the page's own messages.
fn all_sent(browser: &mut Browser, page: &str) {
    browser.wait(page, "[...document.querySelectorAll('.mine')].every((row) => row.dataset.mark === 'sent')");
}

fn is_well(browser: &mut Browser, page: &str) {
    assert_eq!(browser.faults(page).to_string(), "[]", "{page}");
}

fn file(folder: &Folder, name: &str, content: &[u8]) -> String {
    let path = folder.path().join(name);
    fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

/// Returns a recording of an eighth of a second.
fn recording() -> Vec<u8> {
    let samples = vec![128; 1000];
    let len = 1000_u32.to_le_bytes();
    let format = b"\x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0";
    [b"RIFF", &1036_u32.to_le_bytes()[..], b"WAVEfmt ", format, b"data", &len, &samples].concat()
}

#[test]
fn two_pages_and_a_client_over_tcp_talk() {
    let Some(mut browser) = Browser::start() else { return };
    let b = &mut browser;
    let mut server = Program::server(CHAT, &["--web", "127.0.0.1:0"]);
    let at = web(&mut server);
    come_in(b, "ada", at, 1, DESKTOP);
    come_in(b, "bob", at, 2, PHONE);
    let mut eve = greeted(&server, 3, BOBS, 0, 0);

    write_to(b, "ada", 2);
    say(b, "ada", "Hello Bob");
    all_sent(b, "ada");
    // Bob sees in the list that he has an unread message, and then reads it.
    b.wait("bob", "document.querySelector('.unread')?.textContent === '1' && document.title === '(1) Chat'");
    read(b, "bob", 1);
    assert_eq!(texts(b, "bob"), ["Hello Bob"]);
    b.wait("bob", "document.title === 'Chat'");
    say(b, "bob", "Hello Ada");
    shows(b, "ada", 2);
    assert_eq!(texts(b, "ada"), ["Hello Bob", "Hello Ada"]);

    // Received messages are shown as text, even if they contain markup.
    let markup = "<img src=x onerror=\"document.title='run'\"><script>alert(1)</script> & \u{202e}more";
    eve.exchange(&msg(3, 1, 1, markup.as_bytes()), &reply(3, 1, markup.as_bytes()));
    read(b, "ada", 3);
    assert_eq!(texts(b, "ada"), [markup]);
    assert_eq!(b.value("ada", "document.querySelectorAll('#messages img, #messages script').length"), 0);
    b.key("ada", "Escape");
    b.wait("ada", "document.querySelector('#compose').hidden");
    b.key("ada", "Enter");
    say(b, "ada", "Hello Eve");
    eve.expect(&reply(1, 1, b"Hello Eve"));

    // A picture is sent by a page, and received by a page and by a client.
    let folder = Folder::new();
    let picture = file(&folder, "pixel.png", PIXEL);
    b.upload("ada", "#files", &picture);
    eve.expect(&reply(1, 2, PIXEL));
    b.wait("ada", "document.querySelector('#messages img')?.naturalWidth === 1");
    b.upload("bob", "#files", &picture);
    read(b, "ada", 2);
    b.wait("ada", "document.querySelector('#messages img')?.naturalWidth === 1");
    b.click("ada", ".picture");
    b.wait("ada", "document.querySelector('#viewer').open");
    b.key("ada", "Escape");
    b.wait("ada", "!document.querySelector('#viewer').open");

    // A recording can be played. An invalid recording, and a message of another kind, can be saved.
    let sound = recording();
    eve.exchange(&msg(3, 2, 3, &sound), &reply(3, 3, &sound));
    for (kind, body) in [(4, b"no video"), (9, b"anything")] {
        eve.exchange(&msg(3, 2, kind, body), &reply(3, kind, body));
    }
    b.click("bob", "#back");
    read(b, "bob", 3);
    b.wait("bob", "document.querySelector('audio')?.duration === 0.125");
    b.wait("bob", "document.querySelectorAll('a.file').length === 2");
    let links =
        b.value("bob", "[...document.querySelectorAll('a.file')].map((each) => each.textContent).join()");
    assert_eq!(links, "Video, 8 bytes,File, 8 bytes");
    is_well(b, "ada");
    is_well(b, "bob");
    assert_eq!(b.value("ada", "document.title"), "Chat");
}

#[test]
fn one_sender_cannot_remove_the_messages_of_others() {
    let Some(mut browser) = Browser::start() else { return };
    let b = &mut browser;
    let mut server = Program::server(CHAT, &["--web", "127.0.0.1:0"]);
    let at = web(&mut server);
    come_in(b, "bob", at, 2, DESKTOP);
    let mut ada = greeted(&server, 1, BOBS, 0, 0);
    for text in [b"one", b"two"] {
        ada.exchange(&msg(1, 2, 1, text), &reply(1, 1, text));
    }
    let last = |text: &str| format!("document.querySelector('.last').textContent === '{text}'");
    b.wait("bob", &last("two"));
    let mut eve = greeted(&server, 3, BOBS, 0, 0);
    let flood: Vec<_> = (0..2010).flat_map(|n| msg(3, 2, 1, n.to_string().as_bytes())).collect();
    eve.write_all(&flood).unwrap();
    b.wait("bob", &last("2009"));
    read(b, "bob", 3);
    assert_eq!(texts(b, "bob").len(), 1998);
    read(b, "bob", 1);
    assert_eq!(texts(b, "bob"), ["one", "two"]);
    is_well(b, "bob");
}

#[test]
fn a_restart_of_the_server_loses_nothing() {
    let Some(mut browser) = Browser::start() else { return };
    let b = &mut browser;
    let folder = Folder::new();
    let mut server = serve_on(&folder, "127.0.0.1:0", &["--web", "127.0.0.1:0"]);
    let (tcp, at) = (server.address.to_string(), web(&mut server));
    come_in(b, "ada", at, 1, DESKTOP);
    come_in(b, "bob", at, 2, DESKTOP);
    write_to(b, "ada", 2);
    write_to(b, "bob", 1);
    say(b, "ada", "before 1");
    say(b, "bob", "before 2");
    shows(b, "ada", 2);
    shows(b, "bob", 2);
    for turn in 0..2 {
        server.kill();
        b.wait("ada", "document.querySelector('#state').dataset.state !== 'connected'");
        let without = format!("without a server {turn}");
        say(b, "ada", &without);
        assert_eq!(b.value("ada", "document.querySelector('.mine:last-child').dataset.mark"), "sending");
        server = serve_on(&folder, &tcp, &["--web", &at.to_string()]);
        // This message is sent while the page reconnects.
        say(b, "bob", &format!("again {turn}"));
        is_online(b, "ada");
        is_online(b, "bob");
        shows(b, "ada", 4 + 2 * turn);
        shows(b, "bob", 4 + 2 * turn);
        all_sent(b, "ada");
        all_sent(b, "bob");
    }
    let sorted = |mut texts: Vec<String>| {
        texts.sort();
        texts
    };
    let all = ["again 0", "again 1", "before 1", "before 2", "without a server 0", "without a server 1"];
    assert_eq!(sorted(texts(b, "ada")), all);
    assert_eq!(sorted(texts(b, "bob")), all);
    // The page has acknowledged all messages.
    let mut peer = server.connect();
    peer.write_all(&hello(1, 0, BOBS, "")).unwrap();
    assert_eq!(next(&mut peer).2, b"the name is taken");
    drop(browser);
    server.wait_for(&["1 is gone"]);
    let mut peer = server.connect();
    peer.write_all(&hello(1, 0, BOBS, "")).unwrap();
    let (_, _, numbers) = next(&mut peer);
    assert_eq!(numbers, [3_u64.to_be_bytes(), 3_u64.to_be_bytes()].concat());
    peer.write_all(&taken(1, 3)).unwrap();
    assert_eq!(peer.finish(), b"");
}

#[test]
fn hostile_content_is_refused_or_shown_as_text() {
    let Some(mut browser) = Browser::start() else { return };
    let b = &mut browser;
    let folder = Folder::new();
    let mut hashing = Running::start(CHAT, &["password"]);
    hashing.write("engine\n");
    let hash = hashing.end().stdout;
    let users = file(&folder, "users", format!("1:{hash}2:{hash}").as_bytes());
    let mut server =
        Program::server(CHAT, &["--web", "127.0.0.1:0", "--max-body", "2000", "--users", &users]);
    let at = web(&mut server);

    // The page checks names, and the server checks passwords.
    b.open("ada", &format!("http://{at}/"), DESKTOP, "light");
    b.enter("ada", "#me", "<img src=x onerror=alert(1)>", "Enter");
    let why = b.value("ada", "document.querySelector('#login-error').textContent");
    assert_eq!(why, "A number from 1 to 4294967295 is needed, not “<img src=x onerror=alert(1)>”.");
    b.value("ada", "document.querySelector('#me').value = ''");
    b.enter("ada", "#me", "1", "Tab");
    b.enter("ada", "#password", "wrong", "Enter");
    b.wait("ada", "document.querySelector('#login-error').textContent === 'wrong name or password'");
    b.value("ada", "document.querySelector('#password').value = ''");
    b.enter("ada", "#password", "engine", "Enter");
    is_online(b, "ada");
    write_to(b, "ada", 2);
    let name = "<b onmouseover=alert(1)>Bob</b>";
    b.value("ada", "document.querySelector('#name').select()");
    b.enter("ada", "#name", name, "Enter");
    let named = b.value("ada", "document.querySelector('.item .name').innerHTML");
    assert_eq!(named, "&lt;b onmouseover=alert(1)&gt;Bob&lt;/b&gt;");

    // A message that is too large is refused by the page before it is sent. If it is sent all the
    // same, the server refuses it.
    b.upload("ada", "#files", &file(&folder, "large", &[7; 2001]));
    b.wait(
        "ada",
        "document.querySelector('.wrong')?.textContent === 'large has 2 KiB, and the server accepts at most 2 KiB.'",
    );
    let told = b.value(
        "ada",
        "(async () => {
            const { ChatMsg, ChatReply, Hello, HELLO, Kind, MAX_BODY } = await import('/codec.js');
            const socket = new WebSocket(`ws://${location.host}/chat`);
            socket.binaryType = 'arraybuffer';
            const heard = [];
            const send = (kind, receiver, body) => socket.send(ChatMsg.encode({ sender: 2, receiver, kind, body }));
            socket.onopen = () => {
                const password = new TextEncoder().encode('engine');
                send(HELLO, 0, Hello.encode({ seen: 0n, token: new Uint8Array(16), password }));
                send(Kind.Text, 1, new Uint8Array(MAX_BODY + 1));
            };
            socket.onmessage = ({ data }) => heard.push(ChatReply.decode(new Uint8Array(data)));
            const { code, reason } = await new Promise((resolve) => { socket.onclose = resolve; });
            return `${heard.map(({ kind }) => kind)}; ${new TextDecoder().decode(heard[1].body)}; ${code} ${reason}`;
        })()",
    );
    assert_eq!(told, "0,6; it is larger than this server allows; 1009 the message is too large");

    // A page of another origin cannot connect.
    b.open("evil", &format!("http://{}/", elsewhere()), DESKTOP, "light");
    b.faults("evil");
    let socket = format!("new WebSocket('ws://{at}/chat')");
    let outcome = format!(
        "new Promise((resolve) => {{ const socket = {socket}; socket.onopen = () => resolve('open'); socket.onerror = () => resolve('refused'); }})"
    );
    assert_eq!(b.value("evil", &outcome), "refused");
    server.wait_for(&["refused: 403 Forbidden"]);
    is_well(b, "ada");

    // When another page takes the name, this page reports that, and does not take the name back.
    b.open("other", &format!("http://{at}/"), DESKTOP, "dark");
    b.enter("other", "#me", "1", "Tab");
    b.enter("other", "#password", "engine", "Enter");
    is_online(b, "other");
    b.wait("ada", "document.querySelector('#login-error').textContent === 'the name is used elsewhere now'");
    is_well(b, "other");
    // A user who logs in on that page next does not see the messages of the previous user.
    assert_eq!(b.value("ada", "document.querySelectorAll('.item').length"), 1);
    b.value("ada", "for (const id of ['me', 'password']) document.querySelector(`#${id}`).value = ''");
    b.enter("ada", "#me", "2", "Tab");
    b.enter("ada", "#password", "engine", "Enter");
    is_online(b, "ada");
    assert_eq!(b.value("ada", "document.querySelectorAll('.item, #messages li').length"), 0);
}

/// Returns the address of a server with an empty page.
fn elsewhere() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for mut peer in listener.incoming().flatten() {
            thread::spawn(move || {
                let head = BufReader::new(&peer).lines().map_while(Result::ok);
                head.take_while(|line| !line.is_empty()).for_each(drop);
                let _ = peer
                    .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Type: text/html\r\n\r\n");
            });
        }
    });
    address
}

/// Takes the screenshots of `examples/README.md`, and writes them to files if
/// `FRAMEWRIGHT_PICTURES` is set.
#[test]
fn takes_the_pictures_of_the_documentation() {
    let Some(mut browser) = Browser::start() else { return };
    let b = &mut browser;
    let files = Folder::new();
    let mut server = Program::server(CHAT, &["--web", "127.0.0.1:0"]);
    let at = web(&mut server);
    come_in(b, "ada", at, 10_000_000, [980, 620]);
    come_in(b, "bob", at, 10_000_001, [360, 640]);
    b.scheme("bob", "dark");
    for who in (0..40).rev() {
        let mut peer = greeted(&server, 4_294_967_000 + who, BOBS, 0, 0);
        peer.write_all(&msg(4_294_967_000 + who, 10_000_000, 1, b"I am here as well.")).unwrap();
        next(&mut peer);
    }
    b.wait("ada", "document.querySelectorAll('.item').length === 40");
    write_to(b, "ada", 10_000_001);
    b.value("ada", "document.querySelector('#name').select()");
    b.enter("ada", "#name", "Bob, who has quite a long name for a list as narrow as this one", "Enter");
    say(
        b,
        "ada",
        "Have you seen what the new declaration gives? One struct, and it speaks Rust, Python and JavaScript.",
    );
    b.wait("bob", "document.querySelector('.unread')?.textContent === '1'");
    b.click("bob", ".item");
    say(b, "bob", "Yes. This page has no line that knows the bytes.");
    b.upload("ada", "#files", &gradient(&files));
    b.wait("bob", "document.querySelector('#messages img')?.naturalWidth > 1");
    all_sent(b, "ada");
    // No part is wider than the page, not even on a phone.
    for page in ["ada", "bob"] {
        b.value(page, "document.activeElement.blur()");
        assert_eq!(b.value(page, "document.documentElement.scrollWidth <= innerWidth"), true);
        is_well(b, page);
    }
    let folder = match std::env::var_os("FRAMEWRIGHT_PICTURES") {
        Some(_) => Path::new(env!("CARGO_MANIFEST_DIR")).join("pictures"),
        None => files.path().to_owned(),
    };
    for (page, name) in [("ada", "chat.png"), ("bob", "chat-phone.png")] {
        b.shot(page, folder.join(name).to_str().unwrap());
        assert!(fs::metadata(folder.join(name)).unwrap().len() > 1000);
    }
}

/// Writes a picture with a gradient, and returns its path.
fn gradient(folder: &Folder) -> String {
    let (width, height) = (360_u32, 200_u32);
    let color = |x: u32, y: u32| {
        let near = x.abs_diff(180).pow(2) + y.abs_diff(100).pow(2) < 3600;
        [x * 255 / width, y * 255 / height, if near { 90 } else { 190 }]
            .map(|part| u8::try_from(part).unwrap())
    };
    // BMP stores the rows from the bottom up, and blue before green and red.
    let pixels = (0..height).rev().flat_map(|y| (0..width).flat_map(move |x| color(x, y).into_iter().rev()));
    let pixels: Vec<u8> = pixels.collect();
    let len = 54 + u32::try_from(pixels.len()).unwrap();
    let head = [len, 0, 54, 40, width, height, 0x18_0001, 0, 0, 0, 0, 0, 0].map(u32::to_le_bytes).concat();
    file(folder, "picture.bmp", &[&b"BM"[..], &head, &pixels].concat())
}
