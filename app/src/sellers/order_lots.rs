//! From which lots the goods of an order come: said at packing, corrected afterwards.
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;
use market::kernel::time::day_text;
use market::kernel::{Failure, FieldErrors, LotId, Quantity, Right, SellerOrderId};
use market::orders::commands::assign_lots;
use market::orders::{LotsForm, OrderLine, OrderState, OrdersRefusal, SellerOrder, lot_field};
use market::trace::LotChoice;

use super::orders::{RefusedStep, order_page};
use crate::cart::line_name;
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::lang;
use crate::ui::shell::Icon;
use crate::visit::Visit;

pub(super) async fn assign(
    visit: Visit,
    Path(id): Path<SellerOrderId>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Trouble> {
    visit.desk(Right::Fulfil)?;
    let lots = LotsForm(pairs);
    let form = &lots;
    let outcome = market::transact!(visit.site.store, &visit.actor, work => assign_lots(work, id, form).await);
    let mut refused = RefusedStep::default();
    let status = match outcome {
        Ok(()) => return Ok(visit.see_other(&format!("{}#lo-hang", routes::seller_order(id)))),
        Err(Failure::Fault(fault)) => return Err(fault.into()),
        Err(Failure::Refused(OrdersRefusal::NotFound)) => return Err(Trouble::NotFound),
        Err(Failure::Refused(OrdersRefusal::Invalid(errors))) => {
            refused.errors = errors;
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Err(Failure::Refused(other)) => {
            let problem = lang::speaking(visit.lang, || lang::refusal(&other));
            refused.problem = Some(problem);
            StatusCode::CONFLICT
        }
    };
    refused.lots = lots;
    order_page(&visit, status, id, refused).await
}

/// A lot that a line may come from, or comes from.
struct Row {
    lot: LotId,
    words: String,
    quantity: Option<Quantity>,
}

/// What can be chosen for a line: what was said of it first, then the other open lots of its product. Before anything
/// was said, all of it comes from the lot that is sold from now.
fn rows(line: &OrderLine, choices: &[LotChoice], is_packed: bool) -> Vec<Row> {
    let words = |code: String, day, note: Option<String>| {
        let note = note.map(|note| format!(" · {note}")).unwrap_or_default();
        format!("{code} · {}{note}", day_text(day))
    };
    let said = line.lots.iter().map(|of_line| {
        let note = of_line.is_recalled.then(|| t!("trace.state_recalled"));
        Row {
            lot: of_line.lot,
            words: words(of_line.code.to_string(), of_line.made_on, note),
            quantity: Some(of_line.quantity),
        }
    });
    let others = choices.iter().filter(|choice| {
        choice.product == line.product && line.lots.iter().all(|lot| lot.lot != choice.id)
    });
    let others = others.map(|choice| {
        let note = choice.is_current.then(|| t!("trace.on_sale_now"));
        let is_default = choice.is_current && line.lots.is_empty() && !is_packed;
        Row {
            lot: choice.id,
            words: words(choice.code.to_string(), choice.made_on, note),
            quantity: is_default.then_some(line.quantity),
        }
    });
    said.chain(others).collect()
}

/// A field for each lot of each line; nothing where no line has any.
#[component]
pub(super) fn Lots<'p>(
    part: &'p SellerOrder,
    choices: Vec<LotChoice>,
    typed: LotsForm,
    errors: FieldErrors,
) -> impl IntoView + use<> {
    let is_packed = !matches!(part.state, OrderState::Placed | OrderState::Confirmed);
    let lines: Vec<_> = part
        .lines
        .iter()
        .map(|line| (line, rows(line, &choices, is_packed)))
        .filter(|(_, rows)| !rows.is_empty())
        .collect();
    if lines.is_empty() || !part.state.has_lots() {
        return None;
    }
    let fieldsets = lines
        .into_iter()
        .map(|(line, rows)| {
            let name = line_name(&line.name, &line.variant_name);
            let legend = format!("{name}: {} {}", line.quantity, line.unit);
            let fields = rows
                .into_iter()
                .map(|row| {
                    let field = lot_field(line.id, row.lot);
                    let value = typed.typed(&field).map_or_else(
                        || row.quantity.map(Quantity::plain).unwrap_or_default(),
                        str::to_owned,
                    );
                    let error = errors.of(&field).map(lang::field);
                    let error_id = format!("{field}-error");
                    view! {
                        <div class="field">
                            <label class="field__label" for=field.clone()>{row.words}</label>
                            <input class="input" data-width="s" id=field.clone() name=field inputmode="decimal" autocomplete="off" value=value aria-invalid=error.is_some().then_some("true") aria-describedby=error.is_some().then(|| error_id.clone()) />
                            {error.map(|text| view! { <p class="field__error" id=error_id role="alert"><Icon name="alert" />{text}</p> })}
                        </div>
                    }
                })
                .collect_view();
            view! { <fieldset class="order-lots"><legend>{legend}</legend>{fields}</fieldset> }
        })
        .collect_view();
    let lead = if is_packed {
        t!("trace.lots_correct")
    } else {
        t!("trace.lots_choose")
    };
    let is_open = !is_packed || !errors.is_empty();
    Some(view! {
        <details class="disclosure" id="lo-hang" open=is_open>
            <summary>{t!("trace.lots_of_order")}</summary>
            <form method="post" action=format!("{}/lo-hang", routes::seller_order(part.id)) class="disclosure__body form" novalidate="">
                <p>{lead}</p>
                {fieldsets}
                <div class="form__actions"><button type="submit" class="button">{t!("trace.save_lots")}</button></div>
            </form>
        </details>
    })
}
