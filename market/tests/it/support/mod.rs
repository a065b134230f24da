//! What the tests of all slices stand on.
pub mod clock;
pub mod db;

pub mod shop;

pub use db::TestDb;
use market::kernel::{Actor, Failure, PaperId, PersonId, Store, secret};
use market::media::papers::{self, Pass};
use market::media::{MediaStore, PaperRefusal};

/// Looks at a paper by an address that was made for the actor just now.
pub async fn look_at_paper(
    store: &Store,
    media: &MediaStore,
    actor: &Actor,
    paper: PaperId,
) -> Result<Vec<u8>, PaperRefusal> {
    let viewer = actor.person.unwrap_or(PersonId(secret::new_key()));
    let pass = Pass::new(store.key(), viewer, paper, store.now());
    match papers::look(store, media, actor, paper, &pass).await {
        Ok(picture) => Ok(picture),
        Err(Failure::Refused(refusal)) => Err(refusal),
        Err(Failure::Fault(fault)) => panic!("{fault}"),
    }
}
