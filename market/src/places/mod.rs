pub mod queries {
    use super::Commune;
    use crate::kernel::Fault;
    pub async fn by_code(
        _db: impl sqlx::PgExecutor<'_>,
        _code: &str,
    ) -> Result<Option<Commune>, Fault> {
        Ok(None)
    }
}
pub struct Commune {
    pub id: crate::kernel::CommuneId,
    pub code: String,
    pub name: String,
    pub full_name: String,
    pub district_name: Option<String>,
    pub province_code: String,
    pub province_name: String,
}
