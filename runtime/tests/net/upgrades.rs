//! Tests with mail and PostgreSQL programs, which begin in plain text and continue in TLS.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::{Command, Output};
use std::sync::Arc;

use framewright::net::{BoundServer, Close, Serves, Session, tls};
use framewright::prelude::*;
use rcgen::{CertifiedKey, generate_simple_self_signed};

use crate::peer::blocking;

struct Secrets {
    certificate: String,
    server: Arc<tls::rustls::ServerConfig>,
    client: Arc<tls::rustls::ClientConfig>,
}

fn secrets() -> Secrets {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (certificate, key) = (cert.pem(), signing_key.serialize_pem());
    Secrets {
        server: tls::server_config(certificate.as_bytes(), key.as_bytes()).unwrap(),
        client: tls::client_config(certificate.as_bytes()).unwrap(),
        certificate,
    }
}

/// Serves while a program runs, and returns the program's output, or `None` if it cannot be run.
async fn beside(server: BoundServer<impl Serves>, program: Command) -> Option<Output> {
    let serving = tokio::spawn(server.serve());
    let mut program = program;
    let output = blocking(move || program.output()).await;
    serving.abort();
    output.ok()
}

/// A line of SMTP, in either direction.
#[derive(Frame, Debug, Clone, PartialEq)]
struct MailLine {
    #[until(b"\r\n")]
    text: String,
}

impl MailLine {
    fn new(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }
}

/// The text of a mail, which may have several lines.
#[derive(Frame, Debug)]
struct Mail {
    #[until(b"\r\n.\r\n")]
    text: String,
}

/// Acts as a mail server that can only receive one mail.
async fn take_mail(mut s: Session, config: Arc<tls::rustls::ServerConfig>) -> Result<(), Close> {
    s.feed(&MailLine::new("220 localhost ESMTP"))?;
    while let Some(line) = s.recv::<MailLine>().await? {
        let is_secure = s.tls().is_some();
        match line.text.split(' ').next().unwrap_or_default().to_ascii_uppercase().as_str() {
            "EHLO" if !is_secure => {
                s.feed(&MailLine::new("250-localhost"))?;
                s.feed(&MailLine::new("250 STARTTLS"))?;
            }
            "STARTTLS" => {
                s.feed(&MailLine::new("220 go ahead"))?;
                s.start_tls(Arc::clone(&config)).await?;
            }
            "DATA" if is_secure => {
                s.feed(&MailLine::new("354 end with a dot"))?;
                let mail: Mail = s.require().await?;
                s.feed(&MailLine::new(format!("250 {} bytes taken in TLS", mail.text.len())))?;
            }
            "QUIT" => {
                s.feed(&MailLine::new("221 bye"))?;
                return Ok(());
            }
            "EHLO" | "MAIL" | "RCPT" if is_secure => s.feed(&MailLine::new("250 ok"))?,
            _ => s.feed(&MailLine::new("530 say STARTTLS first"))?,
        }
    }
    Ok(())
}

const SMTPLIB: &str = r#"
import smtplib, ssl, sys

context = ssl.create_default_context(cadata=sys.argv[2])
# A certificate made on the spot does not say who vouches for it.
context.verify_flags &= ~ssl.VERIFY_X509_STRICT
with smtplib.SMTP("localhost", int(sys.argv[1]), timeout=30) as smtp:
    smtp.ehlo()
    assert smtp.has_extn("starttls")
    assert smtp.docmd("MAIL", "FROM:<ada@localhost>")[0] == 530
    smtp.starttls(context=context)
    smtp.ehlo()
    assert not smtp.has_extn("starttls")
    smtp.mail("ada@localhost")
    smtp.rcpt("bob@localhost")
    print(smtp.data("x" * 100_000))
"#;

#[tokio::test]
async fn python_sends_a_mail_through_starttls() {
    if Command::new("python3").args(["-c", "import smtplib, ssl"]).output().is_err() {
        return eprintln!("skipped: python3 is not installed");
    }
    let Secrets { certificate, server: config, .. } = secrets();
    let server = Server::sessions(async move |s: Session| -> Result<(), Close> {
        take_mail(s, Arc::clone(&config)).await
    });
    let server = server.bind("127.0.0.1:0").await.unwrap();
    let mut python = Command::new("python3");
    python.args(["-c", SMTPLIB, &server.local_addr().port().to_string(), &certificate]);
    let output = beside(server, python).await.unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "(250, b'100000 bytes taken in TLS')\n", "{stderr}");
}

/// Starts a mail server that uses plain rustls on a thread, without this library. Returns its port,
/// and the thread, which returns the lines that it received.
fn plain_mail_server(config: Arc<tls::rustls::ServerConfig>) -> (u16, std::thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let serving = std::thread::spawn(move || {
        let mut clear = listener.accept().unwrap().0;
        clear.write_all(b"220 localhost ESMTP\r\n").unwrap();
        let mut said = Vec::new();
        while said.last().is_none_or(|line| line != "STARTTLS") {
            // The reader takes one byte at a time, because the bytes after `STARTTLS` are for the
            // TLS handshake.
            let mut line = String::new();
            BufReader::with_capacity(1, &clear).read_line(&mut line).unwrap();
            said.push(line.trim_end().to_owned());
            clear.write_all(b"250 ok\r\n").unwrap();
        }
        let connection = tls::rustls::ServerConnection::new(config).unwrap();
        let mut secure = BufReader::new(tls::rustls::StreamOwned::new(connection, clear));
        loop {
            let mut line = String::new();
            if secure.read_line(&mut line).unwrap_or(0) == 0 {
                return said;
            }
            said.push(format!("in TLS: {}", line.trim_end()));
            secure.get_mut().write_all(b"250 in TLS\r\n").unwrap();
        }
    });
    (port, serving)
}

#[tokio::test]
async fn our_client_goes_on_in_tls() {
    let Secrets { server, client, .. } = secrets();
    let (port, serving) = plain_mail_server(server);
    let mut s = Session::connect(("127.0.0.1", port)).await.unwrap();
    let greeting: MailLine = s.require().await.unwrap();
    assert_eq!(greeting, MailLine::new("220 localhost ESMTP"));
    for line in ["EHLO me", "STARTTLS"] {
        let reply: MailLine = s.call(&MailLine::new(line)).await.unwrap();
        assert_eq!(reply, MailLine::new("250 ok"));
    }
    s.start_tls(("localhost", client)).await.unwrap();
    assert_eq!(s.tls().unwrap().peer_certificates.len(), 1);
    for line in ["EHLO me", "QUIT"] {
        let reply: MailLine = s.call(&MailLine::new(line)).await.unwrap();
        assert_eq!(reply, MailLine::new("250 in TLS"));
    }
    drop(s);
    let said = blocking(move || serving.join().unwrap()).await;
    assert_eq!(said, ["EHLO me", "STARTTLS", "in TLS: EHLO me", "in TLS: QUIT"]);
}

/// The first frame of a PostgreSQL client. There may be several.
#[derive(Frame, Debug)]
#[frame(be, len_prefixed(u32, inclusive), tag = u32)]
enum First {
    #[tag(80_877_103)]
    Ssl,
    #[tag(80_877_104)]
    Gss,
    #[tag(196_608)]
    Startup(#[rest] Vec<u8>),
}

/// The answer to a request for encryption: a single byte, unlike all later messages.
#[derive(Frame, Debug)]
struct Encryption {
    answer: u8,
}

#[derive(Frame, Debug)]
#[frame(be, tag = u8, len_prefixed(u32, inclusive))]
enum FromClient {
    #[tag(b'Q')]
    Query(#[until(0)] String),
    #[tag(b'X')]
    Terminate,
}

#[derive(Frame, Debug)]
#[frame(be, tag = u8, len_prefixed(u32, inclusive))]
enum FromServer {
    #[tag(b'R')]
    Authentication(u32),
    #[tag(b'Z')]
    Ready(u8),
    #[tag(b'T')]
    Columns(#[count_prefixed(u16)] Vec<Column>),
    #[tag(b'D')]
    Row(#[count_prefixed(u16)] Vec<Value>),
    #[tag(b'C')]
    Complete(#[until(0)] String),
}

#[derive(Frame, Debug)]
#[frame(be)]
struct Column {
    #[until(0)]
    name: String,
    table: u32,
    number: u16,
    kind: u32,
    size: i16,
    modifier: i32,
    format: u16,
}

#[derive(Frame, Debug)]
#[frame(be)]
struct Value {
    #[len_prefixed]
    text: String,
}

/// Acts as a database that can only answer one query.
async fn answer_queries(mut s: Session, config: Arc<tls::rustls::ServerConfig>) -> Result<(), Close> {
    loop {
        match s.require::<First>().await? {
            First::Ssl => {
                s.feed(&Encryption { answer: b'S' })?;
                s.start_tls(Arc::clone(&config)).await?;
            }
            First::Gss => s.feed(&Encryption { answer: b'N' })?,
            First::Startup(_) => break,
        }
    }
    s.feed(&FromServer::Authentication(0))?;
    s.feed(&FromServer::Ready(b'I'))?;
    while let Some(FromClient::Query(query)) = s.recv().await? {
        let name = s.tls().and_then(|tls| tls.server_name.clone()).unwrap_or_default();
        let column = Column {
            name: "answer".to_owned(),
            table: 0,
            number: 0,
            kind: 25,
            size: -1,
            modifier: -1,
            format: 0,
        };
        s.feed(&FromServer::Columns(vec![column]))?;
        s.feed(&FromServer::Row(vec![Value { text: format!("{query} of {name} in TLS") }]))?;
        s.feed(&FromServer::Complete("SELECT 1".to_owned()))?;
        s.feed(&FromServer::Ready(b'I'))?;
    }
    Ok(())
}

#[tokio::test]
async fn psql_asks_for_tls_and_gets_it() {
    if Command::new("psql").arg("--version").output().is_err() {
        return eprintln!("skipped: psql is not installed (Debian: postgresql-client)");
    }
    let Secrets { certificate, server: config, .. } = secrets();
    let server = Server::sessions(async move |s: Session| -> Result<(), Close> {
        answer_queries(s, Arc::clone(&config)).await
    });
    let server = server.bind("127.0.0.1:0").await.unwrap();
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("psql.pem");
    std::fs::write(&file, certificate).unwrap();
    let port = server.local_addr().port();
    let mut psql = Command::new("psql");
    psql.arg(format!(
        "host=localhost hostaddr=127.0.0.1 port={port} user=ada dbname=x sslmode=verify-full sslrootcert={} connect_timeout=30",
        file.display()
    ));
    psql.args(["-XAt", "-c", "the question"]);
    let output = beside(server, psql).await.unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "the question of localhost in TLS\n", "{stderr}");
}
