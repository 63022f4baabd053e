// One message and its answer: POST, server-sent events, and going on after a lost connection.
// (The browser's EventSource cannot POST, so the stream is read with fetch.)

/** The server refused or could not answer. `retryable`: sending the same message again is right. */
export class Problem extends Error {
  constructor(detail, { status = 0, retryAfter = 0 } = {}) {
    super(detail);
    this.status = status;
    this.retryAfter = retryAfter;
    this.retryable = status === 0 || status === 429 || status >= 500;
    this.connection = status === 0;
  }
}

const PAUSES_MS = [400, 1000, 2500];

/** Wait, or end at once when the connection comes back. */
function pause(ms) {
  return new Promise((resolve) => {
    const done = () => { clearTimeout(timer); removeEventListener("online", done); resolve(); };
    const timer = setTimeout(done, ms);
    addEventListener("online", done);
  });
}

/** Parse a byte stream of server-sent events (HTML standard, 9.2.6), calling `onEvent({id, event, data})`. */
async function readEvents(body, onEvent) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let fields = {};
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + value).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop();
    for (const line of lines) {
      if (line === "") {
        if (fields.data !== undefined) onEvent({ event: "message", ...fields });
        fields = {};
      } else if (!line.startsWith(":")) {
        const [, name, text] = /^([^:]*):? ?(.*)$/.exec(line);
        fields[name] = name === "data" && fields.data !== undefined ? `${fields.data}\n${text}` : text;
      }
    }
  }
}

async function problemOf(response) {
  let detail = "";
  try {
    detail = (await response.json()).detail ?? "";
  } catch { /* not a problem document: a proxy's own error page */ }
  return new Problem(detail, { status: response.status, retryAfter: Number(response.headers.get("Retry-After")) || 0 });
}

/**
 * Send `message` ({session, text, id}) and deliver its events in order, each once, until `done`.
 * A lost connection is taken up again behind the last event; the id keeps the message from counting twice.
 * Throws Problem.
 */
export async function converse(url, message, { headers = {}, onEvent, onReconnect = () => {}, signal }) {
  let last = null;
  for (let attempt = 0; ; attempt += 1) {
    let finished = false;
    let problem = null;
    try {
      const response = await fetch(url, {
        method: "POST",
        credentials: "same-origin",
        signal,
        headers: {
          "Content-Type": "application/json",
          Accept: "text/event-stream",
          ...headers,
          ...(last === null ? {} : { "Last-Event-ID": last }),
        },
        body: JSON.stringify(message),
      });
      if (!response.ok) throw await problemOf(response);
      await readEvents(response.body, (event) => {
        const data = JSON.parse(event.data);
        if (event.id) {
          last = event.id;
          attempt = 0; // it moves again
        }
        if (event.event === "problem") problem = new Problem(data.detail, { status: data.status });
        else if (event.event === "done") finished = true;
        else onEvent(event.event, data);
      });
    } catch (error) {
      if (signal?.aborted || error instanceof Problem) throw error;
    }
    if (finished) return;
    if (problem) throw problem;
    if (attempt >= PAUSES_MS.length) throw new Problem("");
    onReconnect();
    await pause(PAUSES_MS[attempt]);
    if (signal?.aborted) throw new Problem("");
  }
}
