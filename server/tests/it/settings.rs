//! What settings do to the real program.
use std::net::TcpListener;

use crate::support::{Ground, order};

/// Another key than the one of all tests.
const OTHER_KEY: &str = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";

#[tokio::test(flavor = "multi_thread")]
async fn who_orders_too_often_is_told_how_long_to_wait() {
    let ground = Ground::new().await;
    let khom = ground.product("Hộ Út", "Khóm", 100, 10_000).await;
    let server = ground
        .serve_with(&[("CAY_BEO_LIMIT_CHECKOUT", "2/10m")])
        .await;
    let body = order(&[(khom, 1)]);
    for _ in 0..2 {
        let (status, placed) = server.post("/orders", None, &body).await;
        assert_eq!(status, 201, "{placed}");
    }
    let refused = server
        .client
        .post(format!("{}/api/v1/orders", server.base))
        .json(&body)
        .send()
        .await
        .unwrap();
    assert_eq!(refused.status(), 429);
    let wait: u64 = refused.headers()["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!(
        (1..=300).contains(&wait),
        "two in ten minutes, so one in five: {wait}"
    );
    assert_eq!(
        refused.headers()["content-type"],
        "application/problem+json"
    );
    // Reading is not limited.
    assert_eq!(server.get("/products", None).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_another_key_is_not_served() {
    let ground = Ground::new().await;
    drop(ground.serve().await);
    for command in ["serve", "worker"] {
        let ended = ground
            .program(command)
            .env("CAY_BEO_KEY", OTHER_KEY)
            .env("CAY_BEO_ADDR", free_address())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&ended.stderr);
        assert!(!ended.status.success(), "{command}");
        assert!(said.contains("CAY_BEO_KEY"), "{command}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_made_once_and_read_by_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let ground = Ground::new().await;
    let file = ground.folder.path().join("keys/key");
    let check = || {
        let ended = ground
            .program("check")
            .env_remove("CAY_BEO_KEY")
            .env("CAY_BEO_KEY_FILE", &file)
            .output()
            .unwrap();
        assert!(
            ended.status.success(),
            "{}",
            String::from_utf8_lossy(&ended.stderr)
        );
        std::fs::read_to_string(&file).unwrap()
    };
    let key = check();
    assert_eq!(key.trim().len(), 64);
    assert_eq!(
        std::fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert_eq!(check(), key);
}

fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}
