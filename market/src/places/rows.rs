//! Rows as the database has them.
use super::types::Commune;
use crate::kernel::CommuneId;

pub(super) struct CommuneRow {
    pub id: i32,
    pub code: String,
    pub name: String,
    pub full_name: String,
    pub district_name: Option<String>,
    pub province_code: String,
    pub province_name: String,
}

impl From<CommuneRow> for Commune {
    fn from(row: CommuneRow) -> Self {
        Self {
            id: CommuneId(row.id),
            code: row.code,
            name: row.name,
            full_name: row.full_name,
            district_name: row.district_name,
            province_code: row.province_code,
            province_name: row.province_name,
        }
    }
}
