//! Small parts that several slices show.
use leptos::prelude::*;

use super::shell::Icon;

/// The OCOP stars, with the number in words for who can't see them.
#[component]
pub fn Stars(
    /// 3 to 5.
    stars: u8,
) -> impl IntoView {
    view! {
        <span class="stars" data-stars=stars.to_string()>
            <svg class="stars__marks" aria-hidden="true"><use href=format!("/icons.svg#stars-{stars}")></use></svg>
            " "{t!("parts.stars", count = stars)}
        </span>
    }
}

/// What kind of notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Something to know.
    Info,
    /// It worked.
    Success,
    /// Something to look at.
    Warning,
    /// It did not work.
    Error,
}

/// A message at the top of a page.
#[component]
pub fn Notice(
    /// What kind.
    tone: Tone,
    /// What it says.
    children: Children,
) -> impl IntoView {
    let (name, icon, role) = match tone {
        Tone::Info => ("info", "info", "status"),
        Tone::Success => ("success", "check", "status"),
        Tone::Warning => ("warning", "alert", "status"),
        Tone::Error => ("error", "alert", "alert"),
    };
    view! {
        <div class="notice" data-kind=name role=role>
            <Icon name=icon />
            <div>{children()}</div>
        </div>
    }
}

/// An honest empty place with the next step.
#[component]
pub fn Empty(
    /// What is not there.
    title: String,
    /// What to do about it.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="empty">
            <svg class="empty__mark icon" aria-hidden="true"><use href="/icons.svg#basket"></use></svg>
            <h2>{title}</h2>
            {children()}
        </div>
    }
}

/// The way from the home page to here; the last is the page itself.
#[component]
pub fn Breadcrumbs(
    /// Words and addresses; the last has none.
    steps: Vec<(String, Option<String>)>,
) -> impl IntoView {
    view! {
        <nav class="breadcrumbs" aria-label=t!("parts.breadcrumbs")>
            <ol>
                {steps
                    .into_iter()
                    .map(|(words, href)| match href {
                        Some(href) => view! { <li><a href=href>{words}</a></li> }.into_any(),
                        None => view! { <li aria-current="page">{words}</li> }.into_any(),
                    })
                    .collect_view()}
            </ol>
        </nav>
    }
}

/// Links to the other pages of a list.
#[component]
pub fn Pagination(
    /// This page, from 1.
    page: u32,
    /// How many there are.
    pages: u32,
    /// The address of a page.
    href: Box<dyn Fn(u32) -> String>,
) -> impl IntoView {
    (pages > 1).then(|| {
        let near: Vec<u32> = (1..=pages).filter(|number| *number == 1 || *number == pages || number.abs_diff(page) <= 1).collect();
        let mut last = 0;
        let links = near
            .into_iter()
            .map(|number| {
                let gap = number > last + 1;
                last = number;
                let current = (number == page).then_some("page");
                view! {
                    {gap.then(|| view! { <li><span aria-hidden="true">"…"</span></li> })}
                    <li><a href=href(number) aria-current=current>{number}</a></li>
                }
            })
            .collect_view();
        view! {
            <nav class="pagination" aria-label=t!("parts.pages")>
                <ul>
                    {(page > 1).then(|| view! { <li><a rel="prev" href=href(page - 1)>{t!("parts.previous")}</a></li> })}
                    {links}
                    {(page < pages).then(|| view! { <li><a rel="next" href=href(page + 1)>{t!("parts.next")}</a></li> })}
                </ul>
            </nav>
        }
    })
}
