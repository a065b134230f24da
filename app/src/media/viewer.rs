//! Addresses of papers, made for who looks at the page that names them.
use leptos::prelude::*;
use market::kernel::{Key, PaperId, PersonId};
use market::media::papers::Pass;
use time::OffsetDateTime;

use crate::routes;
use crate::visit::Visit;

/// Who looks at a page, and when.
#[derive(Clone)]
struct Viewer {
    key: Key,
    person: PersonId,
    now: OffsetDateTime,
}

/// Says for the page that is being made who will look at it.
pub(crate) fn provide_viewer(visit: &Visit) {
    if let Some(person) = visit.actor.person {
        let store = &visit.site.store;
        provide_context(Viewer {
            key: store.key().clone(),
            person,
            now: store.now(),
        });
    }
}

/// Where the viewer of this page sees a paper, for some minutes; of a guest, nowhere.
pub(crate) fn paper_address(paper: PaperId) -> String {
    let viewer = use_context::<Viewer>();
    let pass = viewer.map(|viewer| Pass::new(&viewer.key, viewer.person, paper, viewer.now));
    routes::paper(paper, pass.as_ref())
}
