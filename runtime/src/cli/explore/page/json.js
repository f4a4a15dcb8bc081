// Parsing JSON while it is typed: the position of each value, and what is expected at the caret. Parsing continues
// after errors.

const SPACE = /[\s]/;
const isWord = (character) => character !== undefined && /[^\s{}[\],:"]/.test(character);

/** The end of the string that begins at `start`: after its closing quote, or at the end of its line. */
function endOfString(text, start) {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at + 1;
    else if (text[at] === "\n") return at;
  }
  return text.length;
}

/** The value of a quoted string. If the string is invalid, only the quotes are removed. */
function said(quoted) {
  try {
    return JSON.parse(quoted);
  } catch {
    return quoted.replace(/^"|"$/g, "");
  }
}

/** The tokens of a text: brackets and other punctuation, strings, and words such as numbers. */
function* tokens(text) {
  for (let at = 0; at < text.length;) {
    if (SPACE.test(text[at])) {
      at++;
      continue;
    }
    let end = at + 1;
    if (text[at] === '"') end = endOfString(text, at);
    else if (isWord(text[at])) while (isWord(text[end])) end++;
    yield { kind: text[at] === '"' ? "string" : isWord(text[at]) ? "word" : text[at], from: at, to: end };
    at = end;
  }
}

/**
 * Returns `values` and `at`. `values` has the position of each value, and of its name, by the path of the value, such as
 * `.items[2].name`. `at` describes the caret: the path of the value there, whether a name or a value is expected, and
 * what is already typed.
 */
export function read(text, caret = -1) {
  const values = new Map();
  const open = [];
  const way = () => open.map((each) => (each.is === "[" ? `[${each.index}]` : each.key === undefined ? "" : `.${each.key}`));
  const here = () => way().join("");
  let at;
  const note = (token) => {
    const inner = open.at(-1);
    // A string without a closing quote extends to the next quote, which may belong to another string.
    const rest = token ? /^\w*"?/.exec(text.slice(caret, token.to))[0] : "";
    at = {
      segments: open.map((each) => (each.is === "[" ? each.index : each.key)),
      around: way().slice(0, -1).join(""),
      expects: inner?.is === "{" && inner.key === undefined ? "name" : inner?.done ? "nothing" : "value",
      from: token?.from ?? caret,
      to: caret + rest.length,
      isString: token?.kind === "string",
      typed: token ? text.slice(token.from, caret).replace(/^"/, "") : "",
    };
  };
  const value = (from, to, is) => {
    values.set(here(), { ...values.get(here()), from, to, is });
    if (open.length > 0) open.at(-1).done = true;
  };
  for (const token of tokens(text)) {
    const isLeaf = token.kind === "string" || token.kind === "word";
    // The caret is before this token. A string or word that begins at the caret counts as typed there.
    if (at === undefined && caret >= 0 && (caret < token.from || (caret === token.from && !isLeaf))) note();
    if (at === undefined && isLeaf && caret >= token.from && caret <= token.to) note(token);
    const inner = open.at(-1);
    if (token.kind === "{" || token.kind === "[") {
      const started = { is: token.kind, from: token.from, index: 0, key: undefined, done: false };
      values.set(here(), { ...values.get(here()), from: token.from, to: text.length, is: token.kind });
      open.push(started);
    } else if (token.kind === "}" || token.kind === "]") {
      const closed = open.pop();
      if (closed) value(closed.from, token.to, closed.is);
    } else if (token.kind === ",") {
      if (inner) Object.assign(inner, { index: inner.index + 1, key: undefined, done: false });
    } else if (isLeaf && inner?.is === "{" && inner.key === undefined) {
      inner.key = said(text.slice(token.from, token.to));
      values.set(here(), { name: token, from: token.from, to: token.to, is: "name" });
    } else if (isLeaf) {
      value(token.from, token.to, token.kind);
    }
  }
  if (at === undefined && caret >= 0) note();
  return { values, at };
}

/** The names of the members of the object at a path. */
export function names(values, way) {
  const start = `${way}.`;
  const own = [...values.keys()].filter((key) => key.startsWith(start)).map((key) => key.slice(start.length));
  return new Set(own.map((key) => key.split(/[.[]/)[0]));
}

/** The position of the value at a path such as `ChatMsg.items[2].name`, or of the innermost value around it. */
export function place(values, path) {
  let rest = path.replace(/^[^.[]*/, "");
  for (;;) {
    const found = values.get(rest);
    if (found) return found;
    const shorter = rest.replace(/(\.[^.[]*|\[\d+\])$/, "");
    if (shorter === rest) return undefined;
    rest = shorter;
  }
}

/** Reformats an object from one line to a line for each member. Numbers stay as they are written. */
export function opened(text) {
  if (text.includes("\n") || !text.startsWith("{") || text === "{}") return text;
  let depth = 0;
  let out = "";
  let before = 0;
  for (const { kind, from, to } of tokens(text)) {
    if (kind === "}" || kind === "]") depth--;
    const isLast = depth === 0 && kind === "}";
    out += isLast ? "\n" : /\n\s*$/.test(out) ? "" : text.slice(before, from);
    out += text.slice(from, to);
    if (kind === "{" || kind === "[") depth++;
    if (depth === 1 && (kind === "," || out === "{")) out += "\n  ";
    before = to;
  }
  return out;
}
