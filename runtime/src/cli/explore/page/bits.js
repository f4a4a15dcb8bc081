// The bits of one byte, and the fields they belong to.

import { element } from "./dom.js";
import { hex } from "./parts.js";

export class Bits {
  constructor(state) {
    Object.assign(this, { state, byte: -1 });
    this.title = element("span", { class: "title" });
    this.cells = [7, 6, 5, 4, 3, 2, 1, 0].map((bit) => element("span", { class: "bit", "data-bit": String(bit) }));
    this.names = element("span", { class: "names" });
    this.strip = element("div", { class: "strip", tabindex: "0", role: "application", "aria-label": "Bits" }, ...this.cells);
    this.box = element("div", { class: "bits" }, this.title, this.strip, this.names);
    const bit = (event) => event.target.closest("[data-bit]")?.dataset.bit;
    const place = (event) => (bit(event) === undefined ? null : { byte: this.byte, bit: Number(bit(event)) });
    this.strip.addEventListener("pointerover", (event) => this.byte >= 0 && state.points(event) && state.hover(place(event)));
    this.strip.addEventListener("pointerleave", () => state.hover(null));
    this.strip.addEventListener("click", (event) => this.byte >= 0 && place(event) && state.choose(place(event)));
    this.strip.addEventListener("keydown", (event) => this.onKey(event));
  }

  refresh() {
    const { parts, looked, lit } = this.state;
    // The byte stays shown when the pointer leaves it, so that the pointer can move to its bits.
    if (parts !== this.parts) this.byte = -1;
    this.parts = parts;
    if (looked) this.byte = looked.byte ?? parts.list[looked.part].bits[0]?.[0] ?? parts.list[looked.part].start;
    const at = this.byte;
    const byte = parts?.bytes[at];
    this.title.textContent = byte === undefined ? "Bits" : `Bits of ${hex(at, 4)}`;
    for (const cell of this.cells) {
      const bit = Number(cell.dataset.bit);
      cell.textContent = byte === undefined ? "·" : String(byte >> bit & 1);
      const [owner] = byte === undefined ? [] : parts.at(at, bit);
      const [left] = byte === undefined || bit === 7 ? [owner] : parts.at(at, bit + 1);
      const isLit = byte !== undefined && lit.some((part) => parts.mask(part, at) >> bit & 1);
      const isLooked = looked?.bit === bit && looked.byte === at;
      const isFault = parts?.fault?.bit != null && byte !== undefined && at === parts.fault.at + (parts.fault.bit >> 3) && bit === 7 - (parts.fault.bit & 7);
      cell.className = `bit${isLit ? " lit" : ""}${isLooked ? " chosen" : ""}${owner !== left ? " first" : ""}${isFault ? " fault" : ""}`;
      cell.title = owner === undefined ? "" : parts.list[owner].path;
    }
    const owners = byte === undefined ? [] : parts.at(at, looked?.byte === at ? looked.bit : undefined);
    this.names.textContent = owners.map((part) => parts.list[part].path).join(", ");
  }

  onKey(event) {
    const step = { ArrowLeft: 1, ArrowRight: -1 }[event.key];
    if (step === undefined || this.byte < 0) return;
    event.preventDefault();
    const { looked, parts } = this.state;
    const bit = looked?.bit == null ? (step > 0 ? 0 : 7) : looked.bit + step;
    const byte = this.byte + (bit > 7 ? -1 : bit < 0 ? 1 : 0);
    if (byte >= 0 && byte < parts.bytes.length) this.state.choose({ byte, bit: (bit + 8) % 8 });
  }
}
