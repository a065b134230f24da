#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    pub id: crate::kernel::PhotoId,
    pub width: i32,
    pub height: i32,
    pub preview: String,
    pub variants: Vec<PictureVariant>,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PictureVariant {
    pub width: i32,
    pub height: i32,
    pub format: String,
    pub key: String,
}
#[cfg(feature = "server")]
pub mod queries {
    use super::*;
    use crate::kernel::*;
    pub async fn pictures(_db: &sqlx::PgPool, _ids: &[PhotoId]) -> Result<Vec<Picture>, Fault> {
        Ok(vec![])
    }
}
