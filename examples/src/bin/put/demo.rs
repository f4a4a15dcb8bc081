//! The demo: a server, and a client that uploads and then downloads a file.

use framewright::{Error, Result, Session};
use framewright_examples::{demo, log, say, show};
use tokio::io::AsyncReadExt;

use crate::protocol::{Field, Request};
use crate::{client, server};

const TEXT: &[u8] = b"Declared, not parsed.\n";

pub async fn run() -> Result<()> {
    log("warn");
    let folder = std::env::temp_dir().join(format!("framewright-put-{}", std::process::id()));
    tokio::fs::create_dir(&folder).await?;
    let server = server::server(server::Folder::new(folder.clone())).bind("127.0.0.1:0").await?;
    let address = server.local_addr();
    let outcome = demo(|stopped| server.serve_until(stopped), async {
        let host = address.to_string();
        let len = u64::try_from(TEXT.len()).map_err(Error::other)?;
        let mut s = Session::connect(address).await?;
        show("server -> client", &client::put(&mut s, &host, "/hello.txt", len, TEXT).await?);
        let request = Request::new("GET", "/hello.txt".to_owned(), vec![Field::new("Host", &host)]);
        show("client -> server", &request);
        let response = s.call(&request).await?;
        show("server -> client", &response);
        let mut text = String::new();
        s.body(client::length(&response)?).read_to_string(&mut text).await?;
        say(text.trim_end());
        Ok(())
    })
    .await;
    tokio::fs::remove_dir_all(&folder).await?;
    outcome
}
