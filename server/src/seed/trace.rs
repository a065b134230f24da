//! Lots of the demonstration: a batch that all sample orders of its product come from, and a fresh harvest.
use std::sync::Arc;

use market::catalog::queries::{ProductAt, by_slug};
use market::kernel::time::iso_day;
use market::kernel::{Actor, Failure, Fault, Store, secret};
use market::trace::commands::{add_input, make, put_on_sale};
use market::trace::{InputForm, LotForm, LotKind, TraceRefusal};
use time::Duration;

/// A lot with what was used for it: kind, name, amount, days before.
struct Sample {
    slug: &'static str,
    form: LotForm,
    inputs: &'static [(&'static str, &'static str, &'static str, i64)],
}

/// The batch, made before the first of `days` days of orders.
pub async fn batch(store: &Store, days: u16) -> Result<(), Fault> {
    let sample = Sample {
        slug: "ruou-khom-truong-tho",
        form: LotForm {
            kind: LotKind::Batch.as_str().to_owned(),
            place: "Ấp Thạnh Hòa, nhà ủ của cơ sở (mẫu)".to_owned(),
            quantity: "4.000".to_owned(),
            unit: "lít".to_owned(),
            net_content: "500 ml".to_owned(),
            ..LotForm::default()
        },
        inputs: &[
            ("ingredient", "Khóm Cầu Đúc chín", "6.000 kg", 3),
            ("ingredient", "Men rượu", "40 kg", 3),
        ],
    };
    write(store, days.into(), sample).await
}

/// The harvest, of the day before yesterday.
pub async fn harvest(store: &Store) -> Result<(), Fault> {
    let sample = Sample {
        slug: "khom-cau-duc-tuoi",
        form: LotForm {
            kind: LotKind::Harvest.as_str().to_owned(),
            place: "Ấp Thạnh Thắng, rẫy khóm bên kinh (mẫu)".to_owned(),
            quantity: "3.500".to_owned(),
            unit: "trái".to_owned(),
            ..LotForm::default()
        },
        inputs: &[
            ("fertiliser", "Phân hữu cơ vi sinh", "400 kg", 120),
            ("pesticide", "Chế phẩm nấm Trichoderma", "3 kg", 45),
        ],
    };
    write(store, 2, sample).await
}

/// Writes a lot down `ago` days ago and sells from it; nothing where there is no such product.
async fn write(store: &Store, ago: i64, sample: Sample) -> Result<(), Fault> {
    let Some(ProductAt::Here(product)) = by_slug(store.reader(), sample.slug).await? else {
        return Ok(());
    };
    let then = store.now() - Duration::days(ago) - Duration::hours(1);
    let then = store.with_clock(Arc::new(move || then));
    let today = then.today();
    let form = &LotForm {
        key: secret::new_key().to_string(),
        product: product.id.to_string(),
        made_on: iso_day(today),
        ..sample.form
    };
    let inputs: Vec<InputForm> = sample
        .inputs
        .iter()
        .map(|(kind, name, amount, before)| InputForm {
            input_kind: (*kind).to_owned(),
            name: (*name).to_owned(),
            amount: (*amount).to_owned(),
            used_on: iso_day(today - Duration::days(*before)),
        })
        .collect();
    let (inputs, seller) = (inputs.as_slice(), product.seller.id);
    market::transact!(then, &Actor::system(), work => {
        let lot = make(work, seller, form).await?;
        for input in inputs {
            add_input(work, lot, input).await?;
        }
        put_on_sale(work, lot).await?;
        Ok::<_, Failure<TraceRefusal>>(())
    })
    .map_err(Failure::into_fault)
}
