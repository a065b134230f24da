//! The browser's half of the program. Naming `app` keeps its islands from being dropped by the linker.
use app as _;
use wasm_bindgen::prelude::wasm_bindgen;

/// Called once by `islands.js` before the islands of a page wake up.
#[wasm_bindgen]
pub fn start() {
    app::start_islands();
}
