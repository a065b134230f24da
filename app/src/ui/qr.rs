//! QR codes, drawn by the server.
use std::fmt::Write as _;

use leptos::prelude::*;
use qrcodegen::{QrCode, QrCodeEcc};

/// The quiet zone around, in modules (ISO/IEC 18004).
const QUIET: i32 = 4;

/// A square that a telephone's camera reads. Black on white in every colour scheme.
#[component]
pub fn Qr(
    /// What it says, usually an address.
    text: String,
    /// What it is, for who can't see it.
    label: String,
) -> impl IntoView {
    // A quarter of it may be rubbed off the package.
    QrCode::encode_text(&text, QrCodeEcc::Quartile).ok().map(|code| {
        let side = code.size() + 2 * QUIET;
        view! {
            <svg class="qr" role="img" aria-label=label viewBox=format!("0 0 {side} {side}") shape-rendering="crispEdges">
                <rect class="qr__paper" width=side height=side></rect>
                <path class="qr__ink" d=path(&code)></path>
            </svg>
        }
    })
}

/// One stroke a run of dark modules.
fn path(code: &QrCode) -> String {
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let begin = x;
            while code.get_module(x, y) {
                x += 1;
            }
            if x > begin {
                let run = x - begin;
                let _ = write!(path, "M{} {}h{run}v1h-{run}z", begin + QUIET, y + QUIET);
            }
            x += 1;
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_has_all_dark_modules_and_no_other() {
        let code = QrCode::encode_text(
            "https://ocop.example/chung-nhan/C0ABCDEF",
            QrCodeEcc::Quartile,
        )
        .expect("short enough");
        let mut dark = 0;
        for run in path(&code).split('M').skip(1) {
            let length = run.split(['h', 'v']).nth(1).expect("a run has a length");
            dark += length.parse::<usize>().expect("a number");
        }
        let size = code.size();
        let modules = (0..size).flat_map(|y| (0..size).map(move |x| (x, y)));
        assert_eq!(
            dark,
            modules.filter(|&(x, y)| code.get_module(x, y)).count()
        );
    }
}
