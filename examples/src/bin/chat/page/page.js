// The page: conversations and their messages. A message is shown as text or media, never as HTML.

import { FILE, Kind, MAX_BODY, PASSWORDS } from "./codec.js";
import { Talk } from "./talk.js";

/** The maximum number of messages on the page, and of bytes in them, in all conversations together. */
const KEPT = 2000;
const KEPT_BYTES = 256 * 1024 * 1024;

const $ = (id) => document.getElementById(id);
const utf8 = new TextEncoder();
const decoder = new TextDecoder();
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

let talk = null;
/** The user who logged in last. The messages on the page are shown to nobody else. */
let known = null;
let open = null;
const conversations = new Map();
// How many messages are on the page, and how many bytes they have.
let kept = 0;
let keptBytes = 0;
// The rows of the messages without a receipt.
const rows = new Map();

// Logging in

function number(input) {
  const digits = input.value.trim();
  const value = /^[0-9]{1,10}$/.test(digits) ? Number(digits) : 0;
  if (value < 1 || value > 0xffffffff) throw new Error(`A number from 1 to 4294967295 is needed, not “${digits}”.`);
  return value;
}

$("password-label").hidden = !PASSWORDS;
$("login").addEventListener("submit", (event) => {
  event.preventDefault();
  $("login-error").textContent = "";
  try {
    enter(number($("me")), $("password").value);
  } catch (error) {
    $("login-error").textContent = error.message;
  }
});

function enter(me, password) {
  if (utf8.encode(password).length > 255) throw new Error("The password is too long.");
  if (!known || known.me !== me || known.password !== password) forget();
  known = { me, password };
  $("my-number").textContent = me;
  paint($("my-avatar"), me, String(me));
  talk = new Talk(me, password, { state, message, settled, notice });
  $("login").hidden = true;
  $("chat").hidden = false;
  conversations.forEach(list);
  show(null);
  $("whom").focus();
}

function state(now, why) {
  const words = { connecting: "connecting …", connected: "online", lost: "offline, connecting again", ended: "" };
  $("state").textContent = words[now];
  $("state").dataset.state = now;
  $("state").title = why;
  if (now !== "ended") return;
  talk = null;
  // The server may have stored a message without a receipt.
  for (const row of rows.values()) mark(row, "unknown", why);
  rows.clear();
  $("chat").hidden = true;
  $("login").hidden = false;
  $("login-error").textContent = why;
  document.title = "Chat";
}

$("leave").addEventListener("click", () => {
  const due = talk.pending.length;
  if (due > 0 && !confirm(`${due} of your messages are not with the server yet. Leave all the same?`)) return;
  talk.end("");
  forget();
});

/** Removes all messages, so that the next user of this page does not see them. */
function forget() {
  for (const { messages } of conversations.values()) messages.forEach(({ row }) => release(row));
  conversations.clear();
  rows.clear();
  kept = 0;
  keptBytes = 0;
  open = null;
  $("conversations").replaceChildren();
  $("messages").replaceChildren();
  $("viewer").firstElementChild.removeAttribute("src");
  $("nobody").hidden = false;
}

/** Frees the memory of a row's content. */
function release(row) {
  row.querySelectorAll("[src^='blob:'], [href^='blob:']").forEach((each) => URL.revokeObjectURL(each.src ?? each.href));
  row.remove();
}

addEventListener("beforeunload", (event) => {
  if (talk?.pending.length > 0) event.preventDefault();
});

// Names given on this device

function names() {
  try {
    return JSON.parse(localStorage.getItem("names")) ?? {};
  } catch {
    return {};
  }
}

function nameOf(id) {
  const name = names()[id];
  return typeof name === "string" && name !== "" ? name : String(id);
}

$("name").addEventListener("change", () => {
  const all = names();
  const name = $("name").value.trim();
  if (name === "" || name === String(open)) delete all[open];
  else all[open] = name;
  try {
    localStorage.setItem("names", JSON.stringify(all));
  } catch {
    // Without storage, the name is lost when the page is closed.
  }
  const conversation = conversations.get(open);
  list(conversation);
  title(conversation);
});
$("name").addEventListener("keydown", (event) => {
  if (event.key === "Enter" || event.key === "Escape") $("text").focus();
});

/** Shows a user's colour, and the first letter of the name or the last two digits of the number. */
function paint(avatar, id, name) {
  avatar.style.setProperty("--hue", String((id * 137) % 360));
  avatar.textContent = name === String(id) ? name.slice(-2) : [...name][0].toUpperCase();
}

// The list of conversations

function conversationWith(id) {
  let conversation = conversations.get(id);
  if (!conversation) {
    const item = document.createElement("li");
    const button = element("button", "item");
    button.dataset.with = id;
    const about = element("span", "about");
    about.append(element("span", "name"), element("span", "time"), element("span", "last"), element("span", "unread"));
    button.append(element("span", "avatar"), about);
    button.querySelector(".avatar").setAttribute("aria-hidden", "true");
    button.addEventListener("click", () => show(id));
    item.append(button);
    conversation = { id, item, button, messages: [], bytes: 0, unread: 0, last: "" };
    conversations.set(id, conversation);
    $("conversations").prepend(item);
  }
  list(conversation);
  return conversation;
}

/** Updates the list entry of a conversation. */
function list(conversation) {
  const { id, button, unread, last, time } = conversation;
  const name = nameOf(id);
  paint(button.querySelector(".avatar"), id, name);
  button.querySelector(".name").textContent = name;
  button.querySelector(".time").textContent = time ?? "";
  button.querySelector(".last").textContent = last;
  const mark = button.querySelector(".unread");
  mark.textContent = unread > 99 ? "99+" : unread || "";
  mark.title = unread ? `${unread} not read yet` : "";
  button.setAttribute("aria-current", String(open === id));
  $("nobody").hidden = conversations.size > 0;
  const all = [...conversations.values()].reduce((sum, each) => sum + each.unread, 0);
  document.title = all > 0 ? `(${all}) Chat` : "Chat";
}

$("start").addEventListener("submit", (event) => {
  event.preventDefault();
  $("start-error").textContent = "";
  try {
    const id = number($("whom"));
    if (id === talk.me) throw new Error("That is yourself.");
    $("whom").value = "";
    conversationWith(id);
    show(id);
  } catch (error) {
    $("start-error").textContent = error.message;
  }
});

$("conversations").addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const buttons = [...$("conversations").querySelectorAll("button")];
  buttons[buttons.indexOf(document.activeElement) + step]?.focus();
});

// The open conversation

function show(id) {
  const before = conversations.get(open);
  open = id;
  if (before) {
    before.draft = $("text").value;
    list(before);
  }
  $("chat").dataset.view = id === null ? "list" : "conversation";
  $("nothing").hidden = id !== null;
  for (const part of ["head", "messages", "compose"]) $(part).hidden = id === null;
  const conversation = conversations.get(id);
  if (!conversation) return;
  title(conversation);
  $("messages").replaceChildren(...conversation.messages.map(({ row }) => row));
  $("text").value = conversation.draft ?? "";
  grow();
  read();
  list(conversation);
  bottom();
  if (matchMedia("(hover: hover)").matches) $("text").focus();
}

function title({ id }) {
  const name = nameOf(id);
  $("name").value = name;
  $("number").textContent = name === String(id) ? "" : id;
  paint($("avatar"), id, name);
}

/** Marks the messages in view as read. */
function read() {
  const conversation = conversations.get(open);
  if (!conversation || document.hidden) return;
  conversation.unread = 0;
  list(conversation);
}

document.addEventListener("visibilitychange", () => {
  read();
  talk?.again();
});

$("back").addEventListener("click", () => {
  const { button } = conversations.get(open);
  show(null);
  button.focus();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && open !== null && !$("viewer").open && event.target !== $("name")) $("back").click();
  const step = event.altKey && { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || talk === null) return;
  event.preventDefault();
  const order = [...$("conversations").children];
  const at = order.indexOf(conversations.get(open)?.item);
  order[at + step]?.firstChild.click();
});

/**
 * Makes room for a message of `size` bytes in the conversation `to`. The conversation that holds most loses its oldest
 * message, so that one sender cannot remove the messages of the others.
 */
function makeRoom(to, size) {
  const fits = () => keptBytes === 0 || keptBytes + size <= KEPT_BYTES;
  while (kept >= KEPT || !fits()) {
    const amount = fits() ? ({ messages }) => messages.length : ({ bytes }) => bytes;
    const most = [...conversations.values()].reduce((most, each) => (amount(each) > amount(most) ? each : most));
    drop(most);
    if (most.messages.length > 0 || most.draft || most === to || most.id === open) continue;
    conversations.delete(most.id);
    most.item.remove();
  }
}

/** Removes the oldest message of a conversation. */
function drop(conversation) {
  const { row, size } = conversation.messages.shift();
  kept -= 1;
  keptBytes -= size;
  conversation.bytes -= size;
  release(row);
}

function bottom() {
  $("messages").scrollTop = $("messages").scrollHeight;
}

/** Appends a row with a body of `size` bytes. Scrolls down to it, unless the user has scrolled up. */
function append(conversation, row, size = 0) {
  const messages = $("messages");
  const follows = messages.scrollHeight - messages.scrollTop - messages.clientHeight < 80;
  makeRoom(conversation, size);
  conversation.messages.push({ row, size });
  conversation.bytes += size;
  kept += 1;
  keptBytes += size;
  if (open !== conversation.id) return;
  messages.append(row);
  if (follows || row.classList.contains("mine")) bottom();
}

// Messages

function message(sender, kind, body) {
  const conversation = conversationWith(sender);
  add(conversation, rowOf("theirs", kind, body), summary(kind, body), body.length);
  if (open !== sender || document.hidden) conversation.unread += 1;
  list(conversation);
}

function say(kind, body) {
  if (talk === null) return;
  const conversation = conversations.get(open);
  const row = rowOf("mine", kind, body);
  mark(row, "sending");
  add(conversation, row, `You: ${summary(kind, body)}`, body.length);
  list(conversation);
  rows.set(talk.say(open, kind, body), row);
}

function add(conversation, row, last, size) {
  conversation.last = last;
  conversation.time = clock.format();
  append(conversation, row, size);
  if ($("conversations").firstChild !== conversation.item) {
    const focused = conversation.item.contains(document.activeElement);
    $("conversations").prepend(conversation.item);
    if (focused) conversation.button.focus();
  }
}

function settled(message, refusal) {
  const row = rows.get(message);
  rows.delete(message);
  if (row) mark(row, refusal === null ? "sent" : "refused", refusal);
}

/** Shows a notice from the server. It begins with the number of the user that it is about. */
function notice(words) {
  const about = conversations.get(Number(/^[0-9]+/.exec(words)?.[0])) ?? conversations.get(open);
  if (!about) return;
  const row = element("li", "notice");
  row.textContent = words;
  append(about, row);
}

const MARKS = { sending: "sending …", sent: "✓", refused: "not sent", unknown: "no receipt" };

function mark(row, what, why) {
  row.dataset.mark = what;
  const note = row.querySelector(".mark");
  note.textContent = why ? `${MARKS[what]}: ${why}` : MARKS[what];
  note.title = what === "sent" ? "The server has it" : "";
}

function element(name, kind) {
  const made = document.createElement(name);
  made.className = kind;
  return made;
}

function summary(kind, body) {
  if (kind === Kind.Text) return decoder.decode(body.subarray(0, 400)).replace(/\s+/g, " ").slice(0, 100);
  return { [Kind.Picture]: "Picture", [Kind.Voice]: "Recording", [Kind.Video]: "Video" }[kind] ?? "File";
}

function size(bytes) {
  if (bytes < 1024) return `${bytes} bytes`;
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(0)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

function rowOf(whose, kind, body) {
  const row = element("li", whose);
  const bubble = element("div", "bubble");
  bubble.append(content(kind, body));
  const foot = element("span", "foot");
  const time = document.createElement("time");
  time.textContent = clock.format();
  foot.append(time, element("span", "mark"));
  row.append(bubble, foot);
  return row;
}

function content(kind, body) {
  if (kind === Kind.Text) {
    const words = element("p", "text");
    words.textContent = decoder.decode(body);
    return words;
  }
  const name = { [Kind.Picture]: "img", [Kind.Voice]: "audio", [Kind.Video]: "video" }[kind];
  const url = URL.createObjectURL(new Blob([body]));
  const link = element("a", "file");
  link.href = url;
  link.download = summary(kind, body).toLowerCase();
  link.textContent = `${summary(kind, body)}, ${size(body.length)}`;
  if (!name) return link;
  const shown = document.createElement(name);
  shown.src = url;
  if (name === "img") {
    shown.alt = link.textContent;
    shown.addEventListener("load", () => {
      if (shown.closest("#messages")) keepBottom(shown);
    });
    const button = element("button", "picture");
    button.type = "button";
    button.append(shown);
    button.addEventListener("click", () => view(url));
    shown.addEventListener("error", () => button.replaceWith(link));
    return button;
  }
  shown.controls = true;
  shown.preload = "metadata";
  shown.setAttribute("aria-label", link.textContent);
  // If the browser cannot play it, it can still be saved.
  shown.addEventListener("error", () => shown.replaceWith(link));
  return shown;
}

/** Scrolls down after a picture is loaded, because its height was not known before. */
function keepBottom(picture) {
  const messages = $("messages");
  const above = messages.scrollHeight - messages.scrollTop - messages.clientHeight;
  if (above < picture.clientHeight + 80) bottom();
}

function view(url) {
  $("viewer").firstElementChild.src = url;
  $("viewer").showModal();
}
$("viewer").addEventListener("click", () => $("viewer").close());

// Writing

function grow() {
  const text = $("text");
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight}px`;
}

$("text").addEventListener("input", grow);
$("text").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  $("compose").requestSubmit();
});

$("compose").addEventListener("submit", (event) => {
  event.preventDefault();
  const body = utf8.encode($("text").value.trim());
  if (body.length === 0) return;
  if (body.length > MAX_BODY) return complain(`The message has ${size(body.length)}, and the server accepts at most ${size(MAX_BODY)}.`);
  $("text").value = "";
  grow();
  say(Kind.Text, body);
});

function complain(words, to = open) {
  // Another user may have logged in meanwhile.
  if (!conversations.has(to)) return;
  const row = element("li", "notice wrong");
  row.textContent = words;
  append(conversations.get(to), row);
  bottom();
}

async function sendFiles(files) {
  const to = open;
  for (const file of files) {
    if (open !== to) return;
    if (file.size > MAX_BODY) {
      complain(`${file.name} has ${size(file.size)}, and the server accepts at most ${size(MAX_BODY)}.`);
      continue;
    }
    const kinds = { image: Kind.Picture, audio: Kind.Voice, video: Kind.Video };
    const kind = kinds[file.type.split("/")[0]] ?? FILE;
    try {
      const body = new Uint8Array(await file.arrayBuffer());
      if (open === to) say(kind, body);
    } catch (error) {
      complain(`${file.name}: ${error.message}`, to);
    }
  }
}

$("attach").addEventListener("click", () => $("files").click());
$("files").addEventListener("change", async () => {
  await sendFiles([...$("files").files]);
  $("files").value = "";
});
$("text").addEventListener("paste", (event) => {
  const files = [...event.clipboardData.files];
  if (files.length === 0) return;
  event.preventDefault();
  sendFiles(files);
});
for (const name of ["dragover", "drop"]) {
  $("conversation").addEventListener(name, (event) => {
    event.preventDefault();
    if (name === "drop" && open !== null) sendFiles([...event.dataTransfer.files]);
  });
}
