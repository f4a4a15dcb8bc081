// Creating elements from text, never from markup, which the content policy of the page forbids.

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

/** Returns a function that calls `call` once it was not called again for some milliseconds. */
export function later(milliseconds, call) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(call, milliseconds);
  };
}

/** Shows an error message, or hides it if the text is empty. */
export function trouble(text) {
  const place = byId("trouble");
  place.textContent = text;
  place.hidden = text === "";
}
