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

    let mut kinds: BTreeMap<String, Measured> = BTreeMap::new();
    let mut all = Measured::default();
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
        let shown = codes(&found);
        // Where nothing is relevant an honest answer is as good as the first.
        let place = if relevant.is_empty() {
            (shown.is_empty() || found.understanding.is_near).then_some(0)
        } else {
            shown
                .iter()
                .position(|code| relevant.contains(&code.as_str()))
        };
        all.note(place);
        kinds.entry(line[2].to_owned()).or_default().note(place);
        if place.is_none_or(|place| place >= 5) {
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
    kinds.insert("all".to_owned(), all);
    let table: Vec<String> = kinds.iter().map(|(kind, it)| it.row(kind)).collect();
    let report = format!(
        "{:<12} {:<12} {:>5} {:>10} {:>10} {:>6}\n{}\n{}\n",
        market.engine.name(),
        "kind",
        "asked",
        "success@1",
        "success@5",
        "MRR",
        table.join("\n"),
        missed.join("\n")
    );
    if let Ok(file) = std::env::var("SEARCH_REPORT") {
        std::fs::write(file, &report).unwrap();
    }
    assert!(all.success_at(5) >= 0.95, "{report}");
    assert!(
        kinds.values().all(|kind| kind.success_at(5) >= 0.9),
        "{report}"
    );
}

/// Where the first relevant product stood, of several queries.
#[derive(Clone, Copy, Debug, Default)]
struct Measured {
    asked: u32,
    first: u32,
    first_five: u32,
    reciprocal: f64,
}

impl Measured {
    fn note(&mut self, place: Option<usize>) {
        self.asked += 1;
        if let Some(place) = place {
            self.first += u32::from(place == 0);
            self.first_five += u32::from(place < 5);
            self.reciprocal += 1.0 / f64::from(u32::try_from(place).unwrap() + 1);
        }
    }

    fn success_at(&self, places: u32) -> f64 {
        let good = if places == 1 {
            self.first
        } else {
            self.first_five
        };
        f64::from(good) / f64::from(self.asked)
    }

    fn row(&self, kind: &str) -> String {
        format!(
            "{:<12} {kind:<12} {:>5} {:>9.1}% {:>9.1}% {:>6.3}",
            "",
            self.asked,
            100.0 * self.success_at(1),
            100.0 * self.success_at(5),
            self.reciprocal / f64::from(self.asked)
        )
    }
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
