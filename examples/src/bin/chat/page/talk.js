// The exchange with the server. After a reconnect, it continues where the last connection was lost.
//
// Messages that have no receipt yet are sent again, and messages are not shown a second time.
// `codec.js` reads and writes the frames; it is generated from the declarations in Rust.

import {
  ChatMsg, ChatReply, Hello, HELLO, Kind, MAX_BODY, receiveFrames, REFUSED, REPLACED, SERVER, Taken, TAKEN, Welcome,
} from "./codec.js";

/** The maximum number of sent messages without a receipt. */
const WINDOW = 16;

/** The first and the longest pause before reconnecting, in milliseconds. */
const PAUSES = [200, 5000];

/** If nothing arrives for this many milliseconds, the page sends a message that the server must answer. */
const QUIET = 25_000;
/** How long the answer to this message may take, in milliseconds. */
const PATIENCE = 20_000;

const utf8 = new TextEncoder();
const text = new TextDecoder();

/** A conversation with the server, which calls `on.state`, `on.message`, `on.settled` and `on.notice`. */
export class Talk {
  constructor(me, password, on) {
    this.me = me;
    this.password = utf8.encode(password);
    this.on = on;
    // With this token, a new connection can take over the name from a broken one.
    this.token = crypto.getRandomValues(new Uint8Array(16));
    // All messages below this sequence number were shown.
    this.seen = 0n;
    // How many of this user's messages the server has stored, if known.
    this.stored = null;
    // The messages without a receipt, and how many of them were sent on this connection.
    this.pending = [];
    this.sent = 0;
    this.pause = PAUSES[0];
    this.ended = false;
    this.watch = setInterval(() => this.look(), 1000);
    this.online = () => this.again();
    addEventListener("online", this.online);
    this.connect();
  }

  /** Sends a message, and returns the object that `on.settled` will receive. */
  say(receiver, kind, body) {
    const message = { receiver, kind, body };
    this.pending.push(message);
    this.flush();
    return message;
  }

  /** Ends the exchange, for a reason that is shown to the user. */
  end(why) {
    if (this.ended) return;
    this.ended = true;
    clearInterval(this.watch);
    clearTimeout(this.timer);
    removeEventListener("online", this.online);
    this.drop();
    this.on.state("ended", why);
  }

  connect() {
    this.on.state("connecting", "");
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}/chat`);
    this.socket = socket;
    this.number = null;
    this.heard = Date.now();
    this.buffered = 0;
    // Events of an older connection are ignored.
    const current = (then) => (value) => {
      if (this.socket === socket) then(value);
    };
    socket.addEventListener("open", current(() => {
      const hello = Hello.encode({ seen: this.seen, token: this.token, password: this.password });
      this.put({ receiver: SERVER, kind: HELLO, body: hello });
    }));
    socket.addEventListener("close", current((event) => {
      if (event.code === REPLACED) this.end(event.reason);
      else this.lost(event.reason);
    }));
    const limit = MAX_BODY + ChatReply.encode({ sender: 0, kind: Kind.Text, body: new Uint8Array(0) }).length;
    const failed = current((error) => this.end(`the server sent a malformed frame: ${error.message}`));
    receiveFrames(socket, ChatReply.parse, current((reply) => this.received(reply)), failed, limit);
  }

  /** Closes the connection, if there is one. */
  drop() {
    const socket = this.socket;
    this.socket = null;
    this.sent = 0;
    // A message that only checks the connection is not sent again.
    this.pending = this.pending.filter((message) => !message.asks);
    socket?.close();
  }

  lost(why) {
    this.drop();
    this.on.state("lost", why);
    this.timer = setTimeout(() => this.connect(), this.pause * (0.5 + Math.random() / 2));
    this.pause = Math.min(this.pause * 2, PAUSES[1]);
  }

  /** Reconnects without further delay, if there is no connection. */
  again() {
    if (this.socket || this.ended) return;
    clearTimeout(this.timer);
    this.connect();
  }

  /** Detects a server that has disappeared without closing the connection. */
  look() {
    const socket = this.socket;
    if (!socket) return;
    if (socket.bufferedAmount !== this.buffered) {
      // The server is still receiving.
      this.buffered = socket.bufferedAmount;
      this.heard = Date.now();
    }
    const silence = Date.now() - this.heard;
    const waits = this.number === null || this.sent > 0;
    if (waits && silence > PATIENCE) this.lost("the server does not answer");
    else if (!waits && silence > QUIET) {
      this.pending.push({ receiver: SERVER, kind: Kind.Text, body: new Uint8Array(0), asks: true });
      this.flush();
    }
  }

  put({ receiver, kind, body }) {
    this.socket.send(ChatMsg.encode({ sender: this.me, receiver, kind, body }));
  }

  /** Sends messages until `WINDOW` of them have no receipt. */
  flush() {
    if (this.socket === null || this.number === null) return;
    for (; this.sent < Math.min(this.pending.length, WINDOW); this.sent += 1) this.put(this.pending[this.sent]);
  }

  received({ sender, kind, body }) {
    this.heard = Date.now();
    if (this.number === null) this.greeted(sender, kind, body);
    else if (sender === this.me) {
      // A receipt: the server has stored the message.
      if (!this.pending[0]?.asks) this.stored += 1n;
      this.settle(null);
    } else if (sender === SERVER && kind === REFUSED && this.sent > 0) this.settle(text.decode(body));
    else if (sender === SERVER) this.on.notice(text.decode(body));
    else {
      const number = this.number;
      this.number += 1n;
      // The server sends a message again if the acknowledgement was lost.
      if (number >= this.seen) {
        this.on.message(sender, kind, body);
        this.seen = this.number;
      }
      this.put({ receiver: SERVER, kind: TAKEN, body: Taken.encode({ below: this.number }) });
    }
  }

  greeted(sender, kind, body) {
    if (sender !== SERVER || kind !== HELLO) {
      this.end(kind === REFUSED ? text.decode(body) : "this server does not answer a hello");
      return;
    }
    const { stored_from: stored, next_for: next } = Welcome.decode(body);
    this.number = next;
    this.pause = PAUSES[0];
    // Do not send messages again that the server has stored.
    for (let known = this.stored ?? stored; known < stored; known += 1n) this.settled(null);
    this.stored = stored;
    this.on.state("connected", "");
    this.flush();
  }

  /** Handles the receipt or the refusal of the oldest sent message. */
  settle(refusal) {
    this.sent = Math.max(0, this.sent - 1);
    this.settled(refusal);
    this.flush();
  }

  settled(refusal) {
    const message = this.pending.shift();
    if (message && !message.asks) this.on.settled(message, refusal);
  }
}
