use framewright::prelude::*;
use framewright::Close;

#[derive(Frame)]
#[frame(be)]
struct Message {
    number: u16,
}

struct WithoutState;

impl Handler for WithoutState {
    type In<'a> = Message;
    type Out = Message;
    type State = ();

    async fn open(&self, _: &mut Conn<Message>) -> Result<(), Close> {
        Ok(())
    }

    async fn frame(&self, _: &mut Conn<Message>, _: Message) -> Result<(), Close> {
        Ok(())
    }
}

struct WithAReply;

impl Handler for WithAReply {
    type In<'a> = Message;
    type Out = Message;
    type State = ();

    async fn open(&self, _: &mut Conn<Message>) -> Result<(), Close> {
        Ok(())
    }

    async fn frame(&self, _: &mut Conn<Message>, (): &mut (), message: Message) -> Result<Message, Close> {
        Ok(message)
    }
}

fn main() {}
