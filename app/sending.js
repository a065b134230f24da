// A photograph on its way to the server, in pieces. The desks' program in Rust and their drafts use it.

/** Bytes of a piece: what a weak network brings through in some seconds. */
const PIECE = 64 * 1024;
/** Of a file that could not be made smaller, of so many bytes, they are larger: it does not take a hundred questions. */
const LARGE = 1024 * 1024;
const LARGE_PIECE = 256 * 1024;
/** A piece that takes longer has been lost, milliseconds. */
const PATIENCE = 60_000;
/** So often a server may say the same before it is asked no more. */
const SAME = 5;

export const post = (address, body, headers) => fetch(address, { method: "POST", body, headers, signal: AbortSignal.timeout(PATIENCE) });

/** Throws where the same question is worth another try. */
export const mustBeAnswered = (answer) => {
  if (answer.status >= 500 || answer.status === 429) throw new Error(String(answer.status));
};

const digestOf = async (blob) => {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
};

/**
 * Sends it from where the server has it: however often that begins, it is one photograph. `progress` hears how many
 * bytes are there. Answers what came of it: `isDone`, or the `message` why it is not taken, or the `page` that answered
 * instead, as where the session is over; `status` beside it. Throws where nobody answered, or it is worth another try.
 */
export const sendPhoto = async (begin, blob, progress) => {
  // A file that is gone from the phone can't be read.
  const digest = await digestOf(blob).catch(() => null);
  if (digest === null) return {};
  const length = blob.size > LARGE ? LARGE_PIECE : PIECE;
  let answer = await post(begin, new URLSearchParams({ digest, length: blob.size }));
  for (let [last, same] = [-1, 0]; same < SAME; ) {
    mustBeAnswered(answer);
    const { status } = answer;
    if (!answer.headers.get("content-type")?.startsWith("application/json")) return { page: answer.url, status };
    const { received, is_done: isDone, message } = await answer.json();
    if (isDone || message) return { isDone, message, status };
    progress?.(received);
    same = received === last ? same + 1 : 0;
    last = received;
    answer = await post(`${begin}/${digest}?tu=${received}`, blob.slice(received, received + length));
  }
  return { status: answer.status };
};
