// What the declaration allows at a position in the JSON.

const isFrame = (shape) => shape?.is === "frame";

/** The shapes of a type, as the program sends them. */
export class Shapes {
  constructor({ frame, frames }) {
    Object.assign(this, { root: { is: "frame", name: frame }, frames });
  }

  /** The shape itself: the name of a frame is replaced by the shape of that frame. */
  plain(shape) {
    for (let at = shape, depth = 0; depth < 16; depth++) {
      if (!isFrame(at)) return at;
      at = this.frames[at.name];
    }
    return undefined;
  }

  /** The shape of the value at a path in the JSON, and the path of its part in the frame. */
  at(segments) {
    let shape = this.root;
    let path = "";
    for (const segment of segments) {
      const plain = this.plain(shape);
      if (plain?.is === "object") {
        shape = plain.members.find((member) => member.name === segment)?.shape;
        path += `.${segment}`;
      } else if (plain?.is === "enum") {
        shape = plain.variants.find((variant) => variant.name === segment)?.shape;
      } else if (plain?.is === "list") {
        shape = plain.of;
        path += `[${segment}]`;
      } else if (plain?.is === "tuple") {
        shape = plain.items[segment]?.shape;
        path += `.${segment}`;
      } else return { shape: undefined, path: path.slice(1) };
    }
    return { shape, path: path.replace(/^\./, "") };
  }

  /** A member of the object at a path. */
  member(segments, name) {
    const plain = this.plain(this.at(segments).shape);
    return (plain?.members ?? plain?.variants)?.find((each) => each.name === name);
  }

  /** A value from which editing can start. Frames that are nested deeper than a limit are `null`. */
  usual(shape, depth = 0) {
    const plain = this.plain(shape);
    if (!plain || depth > 6) return null;
    switch (plain.is) {
      case "object": {
        const there = plain.members.filter((member) => !member.optional);
        return Object.fromEntries(there.map((member) => [member.name, this.usual(member.shape, depth + 1)]));
      }
      case "tuple": return plain.items.map((item) => (item.optional ? null : this.usual(item.shape, depth + 1)));
      case "enum": {
        const [variant] = plain.variants;
        if (!variant) return null;
        return variant.shape ? { [variant.name]: this.usual(variant.shape, depth + 1) } : variant.name;
      }
      case "list": return Array.from({ length: Math.min(plain.len ?? 0, 64) }, () => this.usual(plain.of, depth + 1));
      case "number": return 0;
      case "bool": return false;
      case "text": return plain.usual ?? "";
      case "bytes": return plain.usual ?? "0x";
      default: return null;
    }
  }

  /** The completions at a position: the text in the list, its meaning, and the text to insert. */
  offers({ segments, expects, typed, isString }, present) {
    const fits = (name) => name.toLowerCase().startsWith(typed.toLowerCase()) && name !== typed;
    if (expects === "name") {
      const plain = this.plain(this.at(segments.slice(0, -1)).shape);
      const all = plain?.members ?? (plain?.is === "enum" ? plain.variants.filter((variant) => variant.shape) : []);
      // The object of a variant has a single member: the name of the variant.
      if (plain?.is === "enum" && [...present].some((name) => name !== typed)) return [];
      return all.filter((each) => fits(each.name) && !present.has(each.name)).map((each) => ({
        name: each.name, means: meaning(this, each.shape), doc: each.doc,
        insert: `${JSON.stringify(each.name)}: ${pretty(this.usual(each.shape))}`,
      }));
    }
    if (expects !== "value") return [];
    const { shape } = this.at(segments);
    const plain = this.plain(shape);
    const offers = [];
    if (plain?.is === "enum") {
      for (const variant of plain.variants) {
        const value = variant.shape ? { [variant.name]: this.usual(variant.shape) } : variant.name;
        if (variant.shape && isString) continue;
        offers.push({ name: variant.name, means: variant.shape ? meaning(this, variant.shape) : "", doc: variant.doc, insert: pretty(value) });
      }
    } else if (plain?.is === "bool") {
      offers.push(...["true", "false"].map((name) => ({ name, means: "", doc: "", insert: name })));
    } else if (plain && typed === "") {
      const value = pretty(this.usual(shape));
      offers.push({ name: value.length > 30 ? "a value" : value, means: meaning(this, shape), doc: "", insert: value });
      if (plain.is === "bytes") offers.push({ name: '{"text": ""}', means: "bytes as text", doc: "", insert: '{"text": ""}' });
      if (plain.is === "list" && plain.len === undefined) {
        const one = pretty([this.usual(plain.of)]);
        offers.push({ name: "one item", means: meaning(this, plain.of), doc: "", insert: one });
      }
    }
    const owner = this.member(segments.slice(0, -1), segments.at(-1));
    if (owner?.optional && !isString) offers.push({ name: "null", means: "absent", doc: "", insert: "null" });
    return offers.filter((offer) => fits(offer.name));
  }
}

export const pretty = (value) => JSON.stringify(value, null, 2);

/** A shape in a few words. */
function meaning(shapes, shape) {
  if (isFrame(shape)) return shape.name;
  switch (shape?.is) {
    case "list": return `list of ${meaning(shapes, shape.of)}`;
    case "tuple": return "list";
    case "object": return "object";
    case "bool": return "bool";
    default: return shape?.type ?? "";
  }
}
