// A photograph made smaller in the browser, before it is kept or travels. The desks' program in Rust and their
// drafts use it.

/** What needs no shrinking, and what a photograph is shrunk to, bytes. */
const ENOUGH = 300 * 1024;
/** The longest side after that, pixels: more than the largest size that pages show. */
const LONGEST = 1600;
/** Tried one after the other, until it is small enough. */
const QUALITIES = [0.85, 0.75, 0.65, 0.55, 0.45];
/** A picture that is still too large is tried again with sides of this part, so often. */
const SMALLER = 0.75;
const TRIES = 4;

/**
 * The file as it travels: smaller where the browser can read it and that helps, else as it is. What a camera writes
 * beside the picture is left behind; it is turned upright.
 */
export const shrunk = async (file) => {
  if (file.size <= ENOUGH) return file;
  try {
    const small = await smaller(file);
    return small.size < file.size ? small : file;
  } catch {
    return file;
  }
};

const smaller = async (file) => {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const canvas = document.createElement("canvas");
  try {
    let part = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    let best;
    for (let tries = 0; tries < TRIES; tries += 1, part *= SMALLER) {
      draw(canvas, picture, part);
      for (const quality of QUALITIES) {
        best = await coded(canvas, quality);
        if (best.size <= ENOUGH) return best;
      }
    }
    return best;
  } finally {
    // A weak phone gets its memory back before the next picture.
    picture.close();
    [canvas.width, canvas.height] = [0, 0];
  }
};

const draw = (canvas, picture, part) => {
  canvas.width = Math.max(1, Math.round(picture.width * part));
  canvas.height = Math.max(1, Math.round(picture.height * part));
  const context = canvas.getContext("2d");
  // JPEG knows nothing that shows through.
  context.fillStyle = "white";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
};

const coded = (canvas, quality) =>
  new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no room"))), "image/jpeg", quality);
  });
