// The list of frames as they arrive, and the chosen one.

import { byId, element, later, trouble } from "./dom.js";
import { Inspector } from "./inspector.js";
import { Rows } from "./rows.js";
import { get, path, post } from "./server.js";

export class Frames {
  constructor(about, edit, make) {
    Object.assign(this, { frames: [], chosen: null, shown: null, edit });
    this.change = element("button", { type: "button", disabled: true }, "Change and send");
    this.change.addEventListener("click", () => edit(this.frame.type, this.frame.json));
    this.inspector = new Inspector(byId("frame"), this.change);
    this.rows = new Rows(byId("list"), makeRow, (row, index) => this.fill(row, index));
    const { box } = this.rows;
    box.addEventListener("click", (event) => Rows.of(event) >= 0 && this.choose(Rows.of(event)));
    box.addEventListener("keydown", (event) => {
      const to = this.rows.led(event.key, this.index);
      if (to === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      this.choose(to);
    });
    // Scrolling up stops following new frames.
    box.addEventListener("wheel", (event) => event.deltaY < 0 && (byId("follow").checked = false), { passive: true });
    byId("follow").addEventListener("change", () => this.follow());
    byId("search").addEventListener("input", later(200, () => this.listen()));
    byId("frames-bar").addEventListener("submit", (event) => event.preventDefault());
    byId("clear").addEventListener("click", () => post("clear", {}).catch((error) => trouble(error.message)));
    byId("open").addEventListener("change", ({ target }) => {
      const [file] = target.files;
      target.value = "";
      if (file) this.open(file, file.name);
    });
    this.acceptDrops();
    this.answers = new Answers(make, this);
    this.listen();
  }

  get index() {
    // The frames are in the order of their ids.
    let low = 0, high = this.frames.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.frames[middle].id < this.chosen) low = middle + 1;
      else high = middle;
    }
    return this.frames[low]?.id === this.chosen ? low : -1;
  }

  /** Shows the stored frames that match the search, and then new ones as they arrive. */
  listen() {
    this.events?.close();
    this.frames = [];
    this.rows.refresh(0);
    this.events = new EventSource(path("events", { search: byId("search").value }));
    this.events.onmessage = (event) => this.take(JSON.parse(event.data));
    this.events.onopen = () => trouble("");
    this.events.onerror = () => trouble("The program does not answer. It may have ended.");
  }

  take({ frames, first, kept, dropped, line }) {
    const gone = this.frames.findIndex((frame) => frame.id >= first);
    const cut = gone < 0 ? (this.frames.at(-1)?.id < first ? this.frames.length : 0) : gone;
    if (cut > 0) {
      this.frames.splice(0, cut);
      if (!byId("follow").checked) this.rows.box.scrollTop -= cut * this.rows.height;
    }
    for (const frame of frames) this.frames.push(frame);
    this.answers.take(frames, first, line);
    const isSearch = byId("search").value.trim() !== "";
    byId("counts").textContent = [
      isSearch ? `${count(this.frames.length)} of ${count(kept)} frames` : `${count(kept)} frame${kept === 1 ? "" : "s"}`,
      dropped > 0 ? `${count(dropped)} older ones dropped` : "",
    ].filter(Boolean).join(", ");
    byId("empty").hidden = this.frames.length > 0;
    byId("empty-hint").textContent = isSearch && kept > 0 ? "No frame matches the search."
      : "Drop a capture or a file of frames here, paste hex, or make a frame and send it.";
    this.rows.refresh(this.frames.length);
    if (this.chosen === null && this.frames.length > 0) this.choose(0);
    else if (kept === 0 && this.chosen !== null) {
      this.chosen = this.shown = null;
      this.change.disabled = true;
      this.inspector.show(null);
    }
    this.follow();
  }

  follow() {
    if (byId("follow").checked && this.rows.count > 0) this.rows.reveal(this.rows.count - 1);
  }

  fill(row, index) {
    const frame = this.frames[index];
    const [time, from, type, size, says] = row.children;
    time.textContent = frame.time;
    from.textContent = `${{ up: "→", down: "←" }[frame.way] ?? "·"} ${frame.own ? "page " : ""}${frame.connection}`;
    from.title = frame.peers;
    type.textContent = frame.type;
    size.textContent = frame.len;
    says.textContent = frame.fault ?? frame.summary;
    says.title = frame.fault ?? "";
    row.className = `row ${frame.way}`;
    row.classList.toggle("fault", frame.fault !== null);
    row.classList.toggle("chosen", frame.id === this.chosen);
    row.id = `frame-${frame.id}`;
    row.setAttribute("aria-selected", String(frame.id === this.chosen));
    row.setAttribute("aria-posinset", String(index + 1));
    row.setAttribute("aria-setsize", String(this.frames.length));
  }

  async choose(index) {
    const { id } = this.frames[index];
    this.chosen = id;
    this.rows.reveal(index);
    this.rows.refresh();
    this.rows.box.setAttribute("aria-activedescendant", `frame-${id}`);
    await this.load(id);
  }

  /** Loads a frame and shows it in the inspector. */
  async load(id) {
    const frame = await get("frame", { id }).catch((error) => trouble(error.message));
    // The user may have chosen another frame meanwhile. The same frame may have been requested twice. Frames
    // do not change, and showing it again would lose the selection.
    if (!frame || this.chosen !== id || this.shown === id) return;
    this.shown = id;
    this.frame = frame;
    this.change.disabled = frame.json == null;
    this.inspector.show(frame, frame.type);
  }

  async open(content, name) {
    try {
      const { said } = await post("open", { name }, content);
      trouble(said ?? "");
    } catch (error) {
      trouble(error.message);
    }
  }

  /** Files can be dropped anywhere; hex can be pasted anywhere except into a field. */
  acceptDrops() {
    const isFile = (event) => event.dataTransfer?.types.includes("Files");
    addEventListener("dragover", (event) => {
      if (!isFile(event)) return;
      event.preventDefault();
      byId("drop").hidden = false;
    });
    addEventListener("dragleave", (event) => event.relatedTarget === null && (byId("drop").hidden = true));
    addEventListener("drop", (event) => {
      if (!isFile(event)) return;
      event.preventDefault();
      byId("drop").hidden = true;
      byId("tab-frames").click();
      for (const file of event.dataTransfer.files) this.open(file, file.name);
    });
    addEventListener("paste", (event) => {
      if (event.target.closest?.("input, textarea")) return;
      const text = event.clipboardData.getData("text/plain");
      if (text) this.open(text, "");
    });
  }
}

/** The frames on the connection over which frames are sent. */
class Answers {
  constructor(make, frames) {
    Object.assign(this, { list: [], connection: null });
    this.rows = new Rows(byId("answers"), makeRow, (row, index) => {
      frames.fill.call({ frames: this.list, chosen: null }, row, index);
      row.id = `answer-${this.list[index].id}`;
    });
    this.rows.box.addEventListener("click", (event) => {
      const frame = this.list[Rows.of(event)];
      if (!frame) return;
      byId("tab-frames").click();
      const index = frames.frames.findIndex((each) => each.id === frame.id);
      if (index >= 0) frames.choose(index);
    });
    byId("hang-up").addEventListener("click", () => post("hang-up", {}).catch((error) => trouble(error.message)));
  }

  take(frames, first, line) {
    byId("hang-up").disabled = line.to === null;
    if (line.ended !== "") byId("sent").textContent = line.ended;
    this.list = this.list.filter((frame) => frame.id >= first);
    // Ids increase, so frames with ids after the last one are new.
    const last = this.list.at(-1)?.id ?? -1;
    this.list.push(...frames.filter((frame) => frame.own && frame.id > last));
    this.rows.refresh(this.list.length);
    if (this.list.length > 0) this.rows.reveal(this.list.length - 1);
  }
}

function makeRow() {
  return element("div", { class: "row", role: "option" }, ...["time", "from", "type", "size", "says"].map((name) => element("span", { class: name })));
}

const count = (number) => number.toLocaleString("en");
