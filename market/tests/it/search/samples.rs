//! How well real searches find what they mean.
use std::collections::BTreeMap;
use std::path::Path;

use market::kernel::text::fold;
use market::search::{Filter, Sort};

use super::{Market, Product, codes};

/// Measures on a folder with `products/products.csv` and `queries/queries_shared.csv`; without the variable
/// `SEARCH_SAMPLES` there is nothing to measure.
#[tokio::test]
async fn sample_queries_find_what_they_mean() {
    let Ok(folder) = std::env::var("SEARCH_SAMPLES") else {
        return;
    };
    let folder = Path::new(&folder);
    let market = Market::new().await;
    load_samples(&market, folder).await;
    market.rebuild().await;

    let mut kinds: BTreeMap<String, (u32, u32)> = BTreeMap::new();
    let mut missed = Vec::new();
    let mut reader = csv::Reader::from_path(folder.join("queries/queries_shared.csv")).unwrap();
    for line in reader.records() {
        let line = line.unwrap();
        let relevant: Vec<&str> = line[4].split_whitespace().collect();
        let filter = Filter {
            text: line[1].to_owned(),
            ..Filter::default()
        };
        let found = market.search(filter, Sort::Relevance).await;
        let first: Vec<String> = codes(&found).into_iter().take(5).collect();
        let is_good = if relevant.is_empty() {
            first.is_empty() || found.understanding.is_near
        } else {
            first.iter().any(|code| relevant.contains(&code.as_str()))
        };
        let kind = kinds.entry(line[2].to_owned()).or_default();
        kind.0 += u32::from(is_good);
        kind.1 += 1;
        if !is_good {
            let names: Vec<&str> = found
                .hits
                .iter()
                .take(5)
                .map(|hit| hit.name.as_str())
                .collect();
            missed.push(format!(
                "{} [{}] {:?} -> {:?} {names:?}",
                &line[1], &line[2], relevant, found.understanding
            ));
        }
    }
    let (good, all) = kinds
        .values()
        .fold((0, 0), |sum, kind| (sum.0 + kind.0, sum.1 + kind.1));
    let report = format!("success@5 {good}/{all} {kinds:#?}\n{}", missed.join("\n"));
    if let Ok(file) = std::env::var("SEARCH_REPORT") {
        std::fs::write(file, &report).unwrap();
    }
    assert!(f64::from(good) >= 0.9 * f64::from(all), "{report}");
}

async fn load_samples(market: &Market, folder: &Path) {
    let pool = market.store().reader();
    let mut reader = csv::Reader::from_path(folder.join("products/products.csv")).unwrap();
    let headers = reader.headers().unwrap().clone();
    let column = |name: &str| headers.iter().position(|header| header == name).unwrap();
    for line in reader.records() {
        let line = line.unwrap();
        let get = |name: &str| line[column(name)].to_owned();
        let former: Option<i32> = get("commune_code_before").parse().ok();
        let former = match former {
            Some(code) => Some(code),
            // Some commune of the district or province, as the sample catalogue chooses one.
            None => sqlx::query_scalar(
                "select min(from_id) from commune_successors join communes on communes.id = from_id
                 where ($1 <> '' and district_name = $1) or ($1 = '' and communes.province_name = $2)",
            )
            .bind(get("district_before"))
            .bind(get("province_before"))
            .fetch_one(pool)
            .await
            .unwrap(),
        };
        let commune: i32 =
            sqlx::query_scalar("select min(to_id) from commune_successors where from_id = $1")
                .bind(former)
                .fetch_one(pool)
                .await
                .unwrap();
        let producer = if get("producer").is_empty() {
            format!("Hộ {}", get("id"))
        } else {
            get("producer").replace(" (tên mẫu)", "")
        };
        let group = match get("group_code").as_str() {
            "do_uong" => "drink",
            "duoc_lieu" => "herbal",
            "thu_cong" => "craft",
            "sinh_vat_canh" => "ornamental",
            "du_lich" => "tourism",
            _ => "food",
        };
        assert!(!fold(&get("name")).is_empty());
        market
            .product(Product {
                code: &get("id"),
                name: &get("name"),
                seller: &producer,
                commune,
                former,
                group,
                stars: get("stars").parse().ok(),
                unit: &get("unit"),
                price: get("price_vnd").parse().unwrap_or(50_000),
                ..Product::default()
            })
            .await;
    }
}
