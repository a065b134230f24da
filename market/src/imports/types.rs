//! What an import is.
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::format::Sheet;
use crate::kernel::{FieldErrors, ImportId, PersonId, Refusal, RefusalKind, SellerId};

/// The largest file, bytes.
pub const MAX_BYTES: usize = 8 * 1024 * 1024;
/// The most rows of a file.
pub const MAX_ROWS: usize = 20_000;
/// The longest text of a cell, characters; more is cut, and then refused by its field.
pub const MAX_CELL: usize = 6_000;

/// Where an import stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportState {
    /// Its rows are being checked.
    Waiting,
    /// All rows are checked; it is looked at.
    Checked,
    /// It is being applied.
    Approved,
    /// It is done.
    Applied,
}

impl ImportState {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Checked => "checked",
            Self::Approved => "approved",
            Self::Applied => "applied",
        }
    }

    /// The reverse of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Waiting, Self::Checked, Self::Approved, Self::Applied]
            .into_iter()
            .find(|state| state.as_str() == text)
    }

    /// Whether a worker is at it.
    #[must_use]
    pub const fn is_running(self) -> bool {
        matches!(self, Self::Waiting | Self::Approved)
    }
}

/// A row of a file: texts by field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Of which table.
    pub sheet: Sheet,
    /// As the spreadsheet numbers it.
    pub number: i32,
    /// Texts by field; empty cells are left out.
    pub fields: BTreeMap<String, String>,
}

impl Row {
    /// The text of a field, empty where there is none.
    #[must_use]
    pub fn text(&self, field: &str) -> &str {
        self.fields.get(field).map_or("", String::as_str)
    }
}

/// In which column of its sheet each field stands.
pub type Columns = BTreeMap<Sheet, BTreeMap<String, String>>;

/// An import as its page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// Identifier.
    pub id: ImportId,
    /// As the browser named it.
    pub file_name: String,
    /// Where it stands.
    pub state: ImportState,
    /// Whose goods it brings, where it may bring only theirs.
    pub seller: Option<SellerId>,
    /// Who brought it.
    pub person: PersonId,
    /// Their name.
    pub by: String,
    /// In which column of its sheet each field stands.
    pub columns: Columns,
    /// Headings of columns that are not read, as they stand in the file.
    pub unread: Vec<String>,
    /// All of them.
    pub rows: i32,
    /// How many the worker is through with.
    pub done: i32,
    /// New sellers and new products.
    pub new: (i64, i64),
    /// Rows that are known already and left alone.
    pub known: i64,
    /// Rows with something wrong.
    pub wrong: i64,
    /// UTC.
    pub created_at: OffsetDateTime,
    /// UTC.
    pub applied_at: Option<OffsetDateTime>,
}

/// A row with what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongRow {
    /// As it came.
    pub row: Row,
    /// Field by field.
    pub errors: FieldErrors,
}

/// Why a file is not taken, or not applied.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportRefusal {
    /// No such import, or someone else's.
    #[error("no such import")]
    NotFound,
    /// No file came.
    #[error("no file")]
    Empty,
    /// More than [`MAX_BYTES`].
    #[error("too large")]
    TooLarge,
    /// More than [`MAX_ROWS`].
    #[error("too many rows")]
    TooManyRows,
    /// Neither a workbook nor a CSV in UTF-8.
    #[error("not a table")]
    Unreadable,
    /// No sheet of ours in it.
    #[error("no sheet of sellers or products")]
    NoSheet,
    /// A sheet without columns that it needs.
    #[error("{sheet} lacks {columns}")]
    MissingColumns {
        /// The sheet's title.
        sheet: &'static str,
        /// The headings, by comma.
        columns: String,
    },
    /// The same file was applied before.
    #[error("applied before")]
    AppliedBefore,
    /// Something in it is wrong.
    #[error("rows are wrong")]
    HasErrors,
    /// It is being worked on, or done.
    #[error("not possible now")]
    WrongState,
}

impl ImportRefusal {
    /// Every code, so that a test finds a message for each.
    pub const CODES: [&'static str; 10] = [
        "imports.not_found",
        "imports.empty",
        "imports.too_large",
        "imports.too_many_rows",
        "imports.unreadable",
        "imports.no_sheet",
        "imports.missing_columns",
        "imports.applied_before",
        "imports.has_errors",
        "imports.wrong_state",
    ];
}

impl Refusal for ImportRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "imports.not_found",
            Self::Empty => "imports.empty",
            Self::TooLarge => "imports.too_large",
            Self::TooManyRows => "imports.too_many_rows",
            Self::Unreadable => "imports.unreadable",
            Self::NoSheet => "imports.no_sheet",
            Self::MissingColumns { .. } => "imports.missing_columns",
            Self::AppliedBefore => "imports.applied_before",
            Self::HasErrors => "imports.has_errors",
            Self::WrongState => "imports.wrong_state",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::NotFound => RefusalKind::NotFound,
            Self::TooLarge => RefusalKind::TooLarge,
            Self::AppliedBefore | Self::HasErrors | Self::WrongState => RefusalKind::Conflict,
            Self::Empty
            | Self::TooManyRows
            | Self::Unreadable
            | Self::NoSheet
            | Self::MissingColumns { .. } => RefusalKind::Invalid,
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::MissingColumns { sheet, columns } => {
                vec![("sheet", (*sheet).to_owned()), ("columns", columns.clone())]
            }
            Self::TooManyRows => vec![("max", MAX_ROWS.to_string())],
            _ => Vec::new(),
        }
    }
}
