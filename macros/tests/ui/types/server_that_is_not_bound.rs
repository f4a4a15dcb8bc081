use framewright::prelude::*;

#[derive(Frame)]
struct Byte(u8);

async fn serve() -> framewright::Result<()> {
    Server::new(async |byte: Byte| byte).serve().await
}

fn main() {}
