//! Pages of a list.
use serde::{Deserialize, Serialize};

/// Which page of a list is asked for; the first is 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PageRequest {
    /// From 1.
    pub page: u32,
    /// Rows a page, 1 to 100.
    pub per_page: u32,
}

impl PageRequest {
    /// Rows a page where nobody asks for another number.
    pub const DEFAULT_PER_PAGE: u32 = 24;
    /// Deeper pages help nobody and cost the database much.
    pub const LAST_PAGE: u32 = 10_000;

    /// Brings what was asked for into the range.
    #[must_use]
    pub fn new(page: Option<u32>, per_page: Option<u32>) -> Self {
        Self {
            page: page.unwrap_or(1).clamp(1, Self::LAST_PAGE),
            per_page: per_page.unwrap_or(Self::DEFAULT_PER_PAGE).clamp(1, 100),
        }
    }

    /// Rows to pass over.
    #[must_use]
    pub const fn offset(self) -> i64 {
        (self.page as i64 - 1) * self.per_page as i64
    }

    /// Rows to answer.
    #[must_use]
    pub const fn limit(self) -> i64 {
        self.per_page as i64
    }

    /// How many pages so many rows fill, at least one.
    #[must_use]
    pub fn pages(self, total: i64) -> u32 {
        let per_page = i64::from(self.per_page);
        u32::try_from(((total + per_page - 1) / per_page).max(1)).unwrap_or(u32::MAX)
    }
}
