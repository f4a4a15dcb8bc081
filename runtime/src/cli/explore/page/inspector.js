// Bytes, bits and fields of one frame; pointing at one highlights the others.

import { element } from "./dom.js";
import { Bits } from "./bits.js";
import { Bytes } from "./bytes.js";
import { Fields } from "./fields.js";
import { Parts, hex } from "./parts.js";

export class Inspector {
  /** @param root an empty element with an id @param buttons the actions for the frame */
  constructor(root, ...buttons) {
    Object.assign(this, { parts: null, chosen: null, hovered: null, lit: [], of: null });
    this.title = element("h2", {}, "No frame");
    this.fault = element("p", { class: "why" });
    this.bytes = new Bytes(this);
    this.bits = new Bits(this);
    this.fields = new Fields(this, root.id);
    this.about = element("div", { class: "about", role: "status", "aria-live": "polite" });
    root.append(
      element("div", { class: "summary" }, this.title, this.fault, ...buttons),
      element("div", { class: "left" }, this.bytes.box, this.bits.box),
      element("div", { class: "right" }, this.fields.box, this.about),
    );
    this.refresh();
  }

  /** Shows a frame, or nothing if `frame` is null. `keep` keeps the selection. */
  show(frame, title = frame?.type ?? "", keep = false) {
    const before = keep && this.chosen && this.parts ? this.parts.list[this.chosen.part ?? this.lit[0]]?.path : undefined;
    this.parts = frame ? new Parts(frame) : null;
    this.hovered = this.chosen = null;
    const bytes = this.parts?.bytes.length;
    this.title.textContent = frame ? `${title}, ${bytes} byte${bytes === 1 ? "" : "s"}` : "No frame";
    this.fault.textContent = [frame?.fault?.why, frame?.leftOut > 0 ? `${frame.leftOut} more parts are not shown` : ""].filter(Boolean).join("; ");
    this.fault.title = this.fault.textContent;
    if (before === undefined) this.bytes.box.scrollTop = 0;
    if (!keep) this.fields.reset();
    else this.fields.list();
    this.bytes.refresh();
    const index = before === undefined ? -1 : this.parts?.byPath(before) ?? -1;
    if (index >= 0) this.chosen = { part: index };
    this.refresh();
    if (frame?.fault && !keep) {
      this.fields.reveal(frame.fault.part);
      this.bytes.reveal(Math.min(frame.fault.at, bytes));
    }
  }

  /** The part in focus: the one under the pointer, or else the chosen one. */
  get looked() {
    return this.hovered ?? this.chosen;
  }

  /** Whether the pointer has moved. Scrolling also causes pointer events, but does not count. */
  points(event) {
    const at = `${event.screenX} ${event.screenY}`;
    const points = at !== this.pointer;
    this.pointer = at;
    return points;
  }

  hover(place) {
    if (JSON.stringify(place) === JSON.stringify(this.hovered)) return;
    this.hovered = place;
    this.refresh();
  }

  /** Chooses a part, a byte, or a bit of a byte, and shows it in both views. */
  choose(place) {
    this.hovered = null;
    this.chosen = place;
    this.refresh();
    if (place.part === undefined) {
      this.bytes.reveal(place.byte);
      if (this.lit.length > 0) this.fields.reveal(this.lit[0]);
    } else {
      this.fields.reveal(place.part);
      const part = this.parts.list[place.part];
      if (part.end > part.start) this.bytes.reveal(part.start);
    }
  }

  /** Chooses the part at a path, without taking the focus. */
  chooseByPath(path) {
    const index = this.parts?.byPath(path) ?? -1;
    if (index > 0) this.choose({ part: index });
  }

  refresh() {
    const { parts, looked } = this;
    this.lit = !parts || !looked ? [] : looked.part !== undefined ? [looked.part] : parts.at(looked.byte, looked.bit);
    const [only] = this.lit;
    this.of = this.lit.length === 1 ? parts.list[only].of : null;
    this.bytes.rows.refresh();
    this.bits.refresh();
    this.fields.refresh();
    this.explain();
  }

  /** The CSS classes that mark a byte. */
  marks(byte) {
    const { parts, lit, of, looked } = this;
    const marks = [parts.shade(byte)];
    if (lit.some((part) => parts.has(part, byte))) marks.push("lit");
    if (of && byte >= of[0] && byte < of[1]) marks.push("counted");
    if (looked?.byte === byte) marks.push("chosen");
    if (parts.fault?.at === byte) marks.push("fault");
    return marks.join(" ");
  }

  /** Whether the part in focus is the length or count of this part. */
  counts(index) {
    const { parts, of, lit } = this;
    if (!of || of[0] === of[1] || index === 0 || lit.includes(index)) return false;
    const part = parts.list[index];
    return part.start >= of[0] && part.end <= of[1] && part.end > part.start;
  }

  /** Describes the part in focus. */
  explain() {
    const { parts, looked, lit } = this;
    if (!parts) return this.about.replaceChildren();
    if (!looked && parts.fault) return this.about.replaceChildren(parts.fault.why);
    if (!looked) return this.about.replaceChildren("Point at a byte or a field, or move there with the arrow keys.");
    if (lit.length === 0) return this.about.replaceChildren("This byte does not belong to any field.");
    if (lit.length > 1) {
      const names = lit.map((part) => parts.list[part].path).join(", ");
      return this.about.replaceChildren(`The bits of this byte are ${names}.`);
    }
    const part = parts.list[lit[0]];
    const lines = [
      element("p", {}, element("strong", {}, part.path || part.label), ` ${part.type}${part.value ? `: ${part.value}` : ""}`),
      element("p", { class: "faint" }, bytes(part.start, part.end), part.derived ? ", written by the codec" : "",
        part.of ? `, about ${bytes(...part.of)}` : ""),
    ];
    if (parts.fault?.part === lit[0]) lines.push(element("p", { class: "bad" }, parts.fault.what));
    if (part.doc) lines.push(element("p", { class: "faint" }, part.doc));
    this.about.replaceChildren(...lines);
  }
}

/** A range of bytes in words. */
function bytes(start, end) {
  if (end === start) return `no bytes at ${hex(start, 4)}`;
  return end - start === 1 ? `byte ${hex(start, 4)}` : `bytes ${hex(start, 4)} to ${hex(end - 1, 4)}`;
}
