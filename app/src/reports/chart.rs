//! Bars drawn on the server as SVG; the table behind them says the same to who can't see it.
use leptos::prelude::*;
use market::kernel::Vnd;

const WIDTH: i64 = 720;
const HEIGHT: i64 = 240;
const LEFT: i64 = 64;
/// Room for half of the last label.
const RIGHT: i64 = 20;
const BOTTOM: i64 = 28;
const TOP: i64 = 12;

/// Amounts side by side.
#[component]
pub fn Bars(
    /// What the chart shows, in a sentence.
    title: String,
    /// Labels and amounts, in order.
    bars: Vec<(String, Vnd)>,
) -> impl IntoView {
    let count = i64::try_from(bars.len()).unwrap_or(1).max(1);
    let top = ceiling(bars.iter().map(|(_, amount)| amount.0).max().unwrap_or(0));
    let plot = HEIGHT - BOTTOM - TOP;
    let slot = (WIDTH - LEFT - RIGHT) * 100 / count;
    let every = (count + 7) / 8;
    let lines = (0..=4)
        .map(|step| {
            let y = TOP + plot - plot * step / 4;
            view! {
                <line class="chart__grid" x1=LEFT x2=WIDTH y1=y y2=y></line>
                <text class="chart__axis" x=LEFT - 8 y=y + 4 text-anchor="end">{short(top * step / 4)}</text>
            }
        })
        .collect_view();
    let columns = bars
        .into_iter()
        .zip(0i64..)
        .map(|((label, amount), index)| {
            let height = if top == 0 { 0 } else { plot * amount.0.max(0) / top };
            let x = LEFT + slot * index / 100;
            let width = (slot * 8 / 1000).max(2);
            let show = index % every == 0;
            view! {
                <g>
                    <rect class="chart__bar" x=x + slot / 1000 y=TOP + plot - height width=width height=height rx="2"></rect>
                    <title>{format!("{label}: {amount}")}</title>
                    {show.then(|| view! { <text class="chart__axis" x=x + width / 2 + slot / 1000 y=HEIGHT - 8 text-anchor="middle">{label}</text> })}
                </g>
            }
        })
        .collect_view();
    view! {
        <figure class="chart"><div class="chart__scroll" tabindex="0"><svg viewBox=format!("0 0 {WIDTH} {HEIGHT}") role="img" aria-label=title preserveAspectRatio="xMinYMin meet">
            {lines}
            {columns}
        </svg></div></figure>
    }
}

/// The next round number above the largest bar.
fn ceiling(largest: i64) -> i64 {
    let mut step = 1000;
    loop {
        for factor in [1, 2, 4, 8] {
            if step * factor >= largest {
                return step * factor;
            }
        }
        step *= 10;
    }
}

/// `1,5 tr` for a million and a half: the axis has little room.
fn short(amount: i64) -> String {
    match amount {
        0 => "0".to_owned(),
        1_000_000.. => t!("reports.millions", number = decimal(amount, 1_000_000)),
        _ => t!("reports.thousands", number = decimal(amount, 1_000)),
    }
}

fn decimal(amount: i64, unit: i64) -> String {
    let tenths = amount * 10 / unit;
    if tenths % 10 == 0 {
        (tenths / 10).to_string()
    } else {
        format!("{},{}", tenths / 10, tenths % 10)
    }
}
