//! A photograph made smaller in the browser, before it travels.
use leptos::web_sys::js_sys::{Function, Promise};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, CanvasRenderingContext2d, File, HtmlCanvasElement, ImageBitmap, ImageBitmapOptions,
    ImageOrientation,
};

/// What needs no shrinking, and what a photograph is shrunk to, bytes.
const ENOUGH: f64 = 300.0 * 1024.0;
/// The longest side after that, pixels: more than the largest size that pages show.
const LONGEST: f64 = 1600.0;
/// Tried one after the other, until it is small enough.
const QUALITIES: [f64; 5] = [0.85, 0.75, 0.65, 0.55, 0.45];
/// A picture that is still too large is tried again with sides of this part, so often.
const SMALLER: f64 = 0.75;
const TRIES: usize = 4;

/// The file as it travels: smaller where the browser can read it and that helps, else as it is. What a camera
/// writes beside the picture is left behind; it is turned upright.
pub(super) async fn shrunk(file: &File) -> Blob {
    let whole: &Blob = file;
    if whole.size() <= ENOUGH {
        return whole.clone();
    }
    match smaller(whole).await {
        Ok(small) if small.size() < whole.size() => small,
        _ => whole.clone(),
    }
}

async fn smaller(file: &Blob) -> Result<Blob, JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let document = window.document().ok_or(JsValue::NULL)?;
    let upright = ImageBitmapOptions::new();
    upright.set_image_orientation(ImageOrientation::FromImage);
    let reading = window.create_image_bitmap_with_blob_and_image_bitmap_options(file, &upright)?;
    let picture: ImageBitmap = JsFuture::from(reading).await?.dyn_into()?;
    let canvas: HtmlCanvasElement = document.create_element("canvas")?.dyn_into()?;
    let (width, height) = (f64::from(picture.width()), f64::from(picture.height()));
    let mut part = (LONGEST / width.max(height)).min(1.0);
    let mut best = Err(JsValue::NULL);
    'tries: for _ in 0..TRIES {
        draw(&canvas, &picture, (width * part, height * part))?;
        for quality in QUALITIES {
            let blob = coded(&canvas, quality).await?;
            let is_enough = blob.size() <= ENOUGH;
            best = Ok(blob);
            if is_enough {
                break 'tries;
            }
        }
        part *= SMALLER;
    }
    // A weak phone gets its memory back before the next picture.
    picture.close();
    canvas.set_width(0);
    canvas.set_height(0);
    best
}

fn draw(
    canvas: &HtmlCanvasElement,
    picture: &ImageBitmap,
    (width, height): (f64, f64),
) -> Result<(), JsValue> {
    let (width, height) = (width.round().max(1.0), height.round().max(1.0));
    canvas.set_width(pixels(width));
    canvas.set_height(pixels(height));
    let context = canvas.get_context("2d")?.ok_or(JsValue::NULL)?;
    let context: CanvasRenderingContext2d = context.dyn_into()?;
    // JPEG knows nothing that shows through.
    context.set_fill_style_str("white");
    context.fill_rect(0.0, 0.0, width, height);
    context.draw_image_with_image_bitmap_and_dw_and_dh(picture, 0.0, 0.0, width, height)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a whole number between 1 and LONGEST"
)]
fn pixels(side: f64) -> u32 {
    side as u32
}

async fn coded(canvas: &HtmlCanvasElement, quality: f64) -> Result<Blob, JsValue> {
    let mut start = |resolve: Function, reject: Function| {
        let done = Closure::once_into_js(move |blob: JsValue| {
            let _ = resolve.call1(&JsValue::NULL, &blob);
        });
        let quality = JsValue::from_f64(quality);
        let callback = done.unchecked_ref();
        if canvas
            .to_blob_with_type_and_encoder_options(callback, "image/jpeg", &quality)
            .is_err()
        {
            let _ = reject.call0(&JsValue::NULL);
        }
    };
    JsFuture::from(Promise::new(&mut start)).await?.dyn_into()
}
