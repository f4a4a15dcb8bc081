// Requests to the program that serves the page. All URLs are relative, so they contain the token.

/** A request failed. The message says why. */
export class Refused extends Error {}

async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Refused("The program does not answer. It may have ended.");
  }
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(told.error ?? `The program answered ${answer.status}.`);
  return told;
}

const path = (name, parameters) => `${name}?${new URLSearchParams(parameters)}`;

export const get = (name, parameters = {}) => ask(path(name, parameters));

export const post = (name, parameters, body) => ask(path(name, parameters), { method: "POST", body });

export { path };
