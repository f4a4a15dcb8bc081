// Elements made of text. Nothing here, or anywhere else, takes markup: the policy of the page forbids it too.

/** An element with attributes (or properties, for values that are not text) and children that are elements or text. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "string") made.setAttribute(key, value);
    else made[key] = value;
  }
  made.append(...children);
  return made;
}

export const byId = (id) => document.getElementById(id);

/** Calls a function after a number of milliseconds without another call. */
export function later(milliseconds, call) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(call, milliseconds);
  };
}

/** Replaces the page by an error message, for good. */
export function trouble(text) {
  const place = byId("trouble");
  place.textContent = text;
  place.hidden = text === "";
}
