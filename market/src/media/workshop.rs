//! Where photographs are decoded: in a fixed amount of memory, whoever sends how many at once.
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use pictures::{MEMORY, Unfit, decode, inspect};
use tokio::sync::Semaphore;

use super::PhotoRefusal;
use super::named::Encoded;
use super::upload::Whole;
use crate::kernel::{Failure, Fault};

/// At the desk files are looked over, which is quick and takes only their bytes, so that a refusal never waits
/// behind a large picture; in the room behind it they are decoded.
#[derive(Clone)]
pub(super) struct Workshop {
    /// As many at once as there are cores.
    desk: Arc<Semaphore>,
    /// Permits of a KiB of [`MEMORY`].
    room: Arc<Semaphore>,
    /// What each takes at least, KiB, so that no more are decoded at once than there are cores.
    least: u32,
}

/// A photograph with its sizes.
pub(super) struct Developed {
    /// Upright, pixels, as it came.
    pub width: u32,
    /// Upright, pixels, as it came.
    pub height: u32,
    pub sizes: Vec<Encoded>,
    pub preview: String,
}

impl Workshop {
    pub(super) fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let all = permits(MEMORY);
        Self {
            desk: Arc::new(Semaphore::new(cores)),
            room: Arc::new(Semaphore::new(all as usize)),
            least: all / u32::try_from(cores).unwrap_or(all),
        }
    }

    pub(super) async fn develop(&self, whole: Whole) -> Result<Developed, Failure<PhotoRefusal>> {
        let Whole {
            file, is_named_svg, ..
        } = whole;
        let place = self.desk.clone().acquire_owned();
        let place = place.await.map_err(Fault::new)?;
        let (head, file) = blocking(move || {
            let bytes = file.bytes()?;
            let head = judged(|| inspect(&bytes)).map_err(|unfit| match unfit {
                Unfit::NotAnImage if is_named_svg => PhotoRefusal::TypeNotAllowed,
                other => other.into(),
            })?;
            drop(bytes);
            drop(place);
            Ok((head, file))
        })
        .await?;
        let space = self
            .room
            .clone()
            .acquire_many_owned(permits(head.memory()).max(self.least));
        let space = space.await.map_err(Fault::new)?;
        blocking(move || {
            let bytes = file.bytes()?;
            let decoded = judged(|| decode(&head, &bytes)).map_err(PhotoRefusal::from)?;
            drop((bytes, file));
            let (width, height) = head.upright();
            let made = decoded.sizes(&head).map_err(Fault::new)?;
            let sizes = Encoded::all(made.sizes);
            drop(space);
            Ok(Developed {
                width,
                height,
                sizes,
                preview: made.preview,
            })
        })
        .await
    }
}

/// One for each KiB that is begun.
fn permits(bytes: u64) -> u32 {
    u32::try_from(bytes.div_ceil(1024)).unwrap_or(u32::MAX)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure<PhotoRefusal>> + Send + 'static,
) -> Result<T, Failure<PhotoRefusal>> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(Fault::new)?
}

/// A decoder that panics has met a damaged file.
fn judged<T>(look: impl FnOnce() -> Result<T, Unfit>) -> Result<T, Unfit> {
    catch_unwind(AssertUnwindSafe(look)).unwrap_or_else(|_| {
        tracing::warn!("A decoder panicked; its file is refused as damaged");
        Err(Unfit::Truncated)
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;
    use crate::media::Upload;

    async fn arrived(bytes: &[u8]) -> Whole {
        let complete = Upload::from(bytes.to_vec()).complete().await.unwrap();
        complete.unwrap()
    }

    #[tokio::test]
    async fn a_picture_waits_for_room_and_a_refusal_for_nothing() {
        let whole = include_bytes!("../../tests/it/media/channel_by_channel.jpg");
        let workshop = Workshop::new();
        let all = permits(MEMORY);
        let taken = workshop.room.clone().acquire_many_owned(all).await.unwrap();
        let cut = workshop.develop(arrived(&whole[..1500]).await).await;
        assert!(matches!(
            cut,
            Err(Failure::Refused(PhotoRefusal::Truncated))
        ));
        let mut waiting = Box::pin(workshop.develop(arrived(whole).await));
        assert!(
            timeout(Duration::from_millis(50), &mut waiting)
                .await
                .is_err()
        );
        drop(taken);
        assert_eq!(waiting.await.unwrap().width, 160);
        assert_eq!(workshop.room.available_permits(), all as usize);
    }
}
