// The view for editing a value as JSON beside its bytes, and for sending it.

import { byId, element } from "./dom.js";
import { Editor, pretty } from "./editor.js";
import { opened } from "./json.js";
import { Inspector } from "./inspector.js";
import { Shapes } from "./complete.js";
import { post } from "./server.js";

export class Make {
  constructor(about) {
    this.about = about;
    this.select = byId("make-type");
    this.select.append(...about.types.map((type) => element("option", { value: type.name }, type.name)));
    this.select.addEventListener("change", () => this.fresh());
    byId("new").addEventListener("click", () => this.fresh());
    byId("address").value = about.to ?? "";
    this.inspector = new Inspector(byId("made"));
    this.editor = new Editor(byId("editor"), {
      changed: (text) => this.encode(text),
      moved: (path) => this.inspector.chooseByPath(path),
    });
    byId("make-bar").addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.fresh();
  }

  get type() {
    return this.select.value;
  }

  /** Switches to another type and its completions. */
  take(type) {
    this.select.value = type;
    const found = this.about.types.find((each) => each.name === type);
    this.editor.shapes = new Shapes(found.shape);
  }

  fresh() {
    this.take(this.type);
    const { shapes } = this.editor;
    this.editor.set(pretty(shapes.usual(shapes.root)));
  }

  /** Edits a copy of a recorded frame. */
  edit(type, json) {
    this.take(type);
    this.editor.set(opened(json));
  }

  async encode(text) {
    const round = (this.round = (this.round ?? 0) + 1);
    const frame = await post("make", { type: this.type }, text).catch((error) => ({ wrong: { why: error.message } }));
    // The answer for a later text may have arrived first.
    if (round !== this.round) return;
    this.editor.mark(frame.wrong);
    byId("made").classList.toggle("stale", !!frame.wrong);
    byId("send").disabled = !!frame.wrong;
    if (frame.wrong) return;
    this.hex = frame.hex;
    this.inspector.show(frame, frame.type, true);
  }

  async send() {
    const place = byId("sent");
    const to = byId("address").value.trim();
    place.textContent = "Sending…";
    try {
      const told = await post("send", { to, type: this.type }, this.editor.text.value);
      place.textContent = told.said;
    } catch (error) {
      place.textContent = error.message;
    }
  }
}
