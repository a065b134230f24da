//! Files that came, and what each of their rows comes to.
use leptos::prelude::*;
use market::imports::commands::Scope;
use market::imports::{Import, ImportState, WrongRow};
use market::kernel::PageRequest;
use market::kernel::time::instant_text;

use crate::routes;
use crate::ui::lang;
use crate::ui::parts::{Empty, Notice, Pagination, Tone};

/// The form for a file, and the files of before.
pub fn list(scope: Scope, imports: Vec<Import>, refused: Option<String>) -> impl IntoView {
    let base = routes::imports(scope);
    let is_empty = imports.is_empty();
    let described = refused.is_some().then_some("file-error");
    view! {
        <h1>{t!("imports.title")}</h1>
        <p>{if scope == Scope::Office { t!("imports.lead_office") } else { t!("imports.lead_seller") }}</p>
        <form method="post" action=base enctype="multipart/form-data" class="form" novalidate="">
            <div class="field">
                <label class="field__label" for="file">{t!("imports.file")}</label>
                <p class="field__hint" id="file-hint">{t!("imports.file_hint")}" "<a href=format!("{base}/mau.xlsx") download="">{t!("imports.template")}</a></p>
                <input class="input" id="file" name="file" type="file" accept=".xlsx,.csv,text/csv" aria-invalid=described.map(|_| "true") aria-describedby=described.unwrap_or("file-hint") />
                <crate::ui::form::ErrorOf name="file" text=refused />
            </div>
            <div class="form__actions"><button type="submit" class="button" data-kind="primary">{t!("imports.check")}</button></div>
        </form>
        <h2>{t!("imports.before")}</h2>
        {is_empty.then(|| view! { <Empty title=t!("imports.none")><p>{t!("imports.none_hint")}</p></Empty> })}
        {(!is_empty).then(|| view! {
            <div class="table-wrap" tabindex="0" role="region" aria-label=t!("imports.before")>
                <table class="table">
                    <thead><tr>
                        <th scope="col">{t!("imports.file")}</th><th scope="col">{t!("imports.state")}</th>
                        <th scope="col" class="num">{t!("imports.rows")}</th><th scope="col" class="num">{t!("imports.wrong")}</th>
                        <th scope="col">{t!("imports.by")}</th><th scope="col">{t!("imports.at")}</th>
                    </tr></thead>
                    <tbody>
                        {imports
                            .into_iter()
                            .map(|import| view! {
                                <tr>
                                    <th scope="row"><a href=routes::import(scope, import.id)>{file_name(&import)}</a></th>
                                    <td>{state(&import)}</td>
                                    <td class="num">{import.rows}</td>
                                    <td class="num">{import.wrong}</td>
                                    <td>{import.by}</td>
                                    <td>{instant_text(import.created_at)}</td>
                                </tr>
                            })
                            .collect_view()}
                    </tbody>
                </table>
            </div>
        })}
    }
}

/// One file: its progress, what it comes to, all that is wrong.
pub fn import(
    scope: Scope,
    import: Import,
    wrong: Vec<WrongRow>,
    page: u32,
    refused: Option<String>,
) -> impl IntoView {
    let path = routes::import(scope, import.id);
    let (here, again) = (path.clone(), path.clone());
    let pages = PageRequest::new(None, Some(50)).pages(import.wrong);
    let is_right = import.state == ImportState::Checked && import.wrong == 0;
    let comes_to = import.new.0 + import.new.1 > 0;
    let columns = import.columns.clone();
    let unread = import.unread.join(", ");
    view! {
        <p><a href=routes::imports(scope)>{t!("imports.title")}</a></p>
        <h1>{file_name(&import)}</h1>
        {refused.map(|text| view! { <Notice tone=Tone::Error><p>{text}</p></Notice> })}
        {import.state.is_running().then(|| view! {
            <Notice tone=Tone::Info>
                <p>{t!("imports.running", done = import.done, rows = import.rows)}</p>
                <progress max=import.rows value=import.done aria-label=t!("imports.progress")></progress>
                <p><a href=again>{t!("imports.look_again")}</a></p>
            </Notice>
        })}
        {(import.state == ImportState::Applied).then(|| view! {
            <Notice tone=Tone::Success><p>{t!("imports.applied", sellers = import.new.0, products = import.new.1)}</p></Notice>
        })}
        {(!unread.is_empty()).then(|| view! {
            <Notice tone=Tone::Info><p>{t!("imports.unread", columns = unread)}</p></Notice>
        })}
        <dl class="facts">
            <div><dt>{t!("imports.state")}</dt><dd>{state(&import)}</dd></div>
            <div><dt>{t!("imports.rows")}</dt><dd>{import.rows}</dd></div>
            <div><dt>{t!("imports.new_sellers")}</dt><dd>{import.new.0}</dd></div>
            <div><dt>{t!("imports.new_products")}</dt><dd>{import.new.1}</dd></div>
            <div><dt>{t!("imports.known")}</dt><dd>{import.known}</dd></div>
            <div><dt>{t!("imports.wrong")}</dt><dd>{import.wrong}</dd></div>
        </dl>
        {(is_right && comes_to).then(|| view! {
            <p>{t!("imports.apply_lead")}</p>
            <form method="post" action=format!("{path}/ap-dung") class="form__actions">
                <button type="submit" class="button" data-kind="primary" data-size="l">{t!("imports.apply")}</button>
            </form>
        })}
        {(is_right && !comes_to).then(|| view! { <Notice tone=Tone::Info><p>{t!("imports.nothing_new")}</p></Notice> })}
        {(!wrong.is_empty()).then(|| view! {
            <h2>{t!("imports.errors")}</h2>
            <p>{t!("imports.errors_lead")}</p>
            <div class="table-wrap" tabindex="0" role="region" aria-label=t!("imports.errors")>
                <table class="table">
                    <thead><tr>
                        <th scope="col">{t!("imports.sheet")}</th><th scope="col" class="num">{t!("imports.row")}</th>
                        <th scope="col">{t!("imports.column")}</th><th scope="col">{t!("imports.cell")}</th><th scope="col">{t!("imports.instead")}</th>
                    </tr></thead>
                    <tbody>
                        {wrong
                            .into_iter()
                            .flat_map(|WrongRow { row, errors }| errors.0.into_iter().map(move |error| (row.clone(), error)).collect::<Vec<_>>())
                            .map(|(row, error)| {
                                let heading = row.sheet.columns().iter().find(|column| column.field == error.field).map_or("", |column| column.heading);
                                let letters = columns.get(&row.sheet).and_then(|places| places.get(&error.field)).cloned();
                                let column = letters.map_or_else(|| heading.to_owned(), |letters| format!("{letters} · {heading}"));
                                let cell: String = row.text(&error.field).chars().take(60).collect();
                                view! {
                                    <tr>
                                        <td>{row.sheet.title()}</td>
                                        <td class="num">{row.number}</td>
                                        <td>{column}</td>
                                        <td>{cell}</td>
                                        <td>{lang::field(&error)}</td>
                                    </tr>
                                }
                            })
                            .collect_view()}
                    </tbody>
                </table>
            </div>
            <Pagination page pages href=Box::new(move |page| format!("{here}?page={page}")) />
        })}
    }
}

fn file_name(import: &Import) -> String {
    if import.file_name.is_empty() {
        t!("imports.unnamed")
    } else {
        import.file_name.clone()
    }
}

fn state(import: &Import) -> impl IntoView + use<> {
    let (name, words) = match import.state {
        ImportState::Waiting => ("pending", t!("imports.state_waiting")),
        ImportState::Checked if import.wrong > 0 => ("failed", t!("imports.state_wrong")),
        ImportState::Checked => ("submitted", t!("imports.state_checked")),
        ImportState::Approved => ("pending", t!("imports.state_approved")),
        ImportState::Applied => ("completed", t!("imports.state_applied")),
    };
    view! { <span class="state" data-state=name>{words}</span> }
}
