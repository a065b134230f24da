//! Working days: Mondays to Fridays that are no holidays of the country, which are data by year.
use sqlx::PgConnection;
use time::Date;

use super::error::Fault;
use super::rights::Actor;
use super::store::Store;
use super::time::parse_day;
use super::work::Work;

/// One row a day off between Monday and Friday, as the government sets them for each year.
const HOLIDAYS: &str = include_str!("../../../data/calendar/holidays.csv");

/// Loads the days off. What `migrate` calls; days that are no longer in the list are working days again.
///
/// # Errors
/// The list can't be read, or the database.
pub async fn ensure_reference(store: &Store) -> Result<(), Fault> {
    crate::transact_sure!(store, &Actor::system(), work => Ok(load(work, HOLIDAYS).await?))
}

async fn load(work: &mut Work<'_>, list: &str) -> Result<(), Fault> {
    let (mut days, mut names) = (Vec::new(), Vec::new());
    for row in csv::Reader::from_reader(list.as_bytes()).records() {
        let row = row.map_err(Fault::new)?;
        let day = parse_day(&row[0]).ok_or_else(|| Fault::new(format!("no day: {}", &row[0])))?;
        days.push(day);
        names.push(row[1].to_owned());
    }
    sqlx::query!(
        "with gone as (delete from holidays where day <> all($1))
         insert into holidays (day, name) select * from unnest($1::date[], $2::text[])
         on conflict (day) do update set name = excluded.name where holidays.name <> excluded.name",
        &days,
        &names,
    )
    .execute(&mut *work.conn)
    .await?;
    Ok(())
}

/// The business day (Asia/Ho_Chi_Minh) that lies so many working days after `day`.
///
/// # Errors
/// A fault of the database.
pub async fn working_days_after(
    db: &mut PgConnection,
    day: Date,
    count: u8,
) -> Result<Date, Fault> {
    // Between two working days lie at most two weeks: Tết with the weekends around it.
    let found = sqlx::query_scalar!(
        r#"select candidate::date as "day!"
           from generate_series($1::date + 1, $1::date + 14 * $2::integer, interval '1 day') as candidate
           where extract(isodow from candidate) < 6
               and not exists (select from holidays where holidays.day = candidate::date)
           order by candidate
           offset $2 - 1 limit 1"#,
        day,
        i32::from(count),
    )
    .fetch_one(db)
    .await?;
    Ok(found)
}
