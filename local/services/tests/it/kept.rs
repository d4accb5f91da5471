//! What `make up` relies on: data that survive, one holder at a time, a way to stop it.

use divbase_services::{Lifetime, RunFolder, ServiceError, Stack, stop_holder};
use sqlx::{Connection as _, PgConnection};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::checkout::Checkout;

async fn start(checkout: &Checkout) -> Stack {
    let run = RunFolder::kept(&checkout.root().join(".local/up")).unwrap();
    assert_eq!(run.lifetime(), Lifetime::Kept);
    Stack::start(checkout.root(), run).await.unwrap()
}

/// One HTTP exchange with the emulator; the whole answer.
async fn exchange(stack: &Stack, method: &str, path: &str, body: &str) -> String {
    let endpoint = stack.aws_endpoint();
    let host = endpoint.strip_prefix("http://").unwrap();
    let mut stream = tokio::net::TcpStream::connect(host).await.unwrap();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn rows_and_objects_survive_a_restart() {
    let checkout = Checkout::new();
    let stack = start(&checkout).await;
    let mut connection = PgConnection::connect(&stack.postgres().url("postgres"))
        .await
        .unwrap();
    sqlx::raw_sql("create table kept (word text); insert into kept values ('osprey')")
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    assert!(
        exchange(&stack, "PUT", "/divbase-kept", "")
            .await
            .starts_with("HTTP/1.1 200")
    );
    let put = exchange(&stack, "PUT", "/divbase-kept/a.txt", "golden eagle").await;
    assert!(put.starts_with("HTTP/1.1 200"), "{put}");
    let environment = stack.environment();
    stack.stop().await;
    assert!(
        checkout.processes().is_empty(),
        "{:?}",
        checkout.processes()
    );

    let stack = start(&checkout).await;
    let mut connection = PgConnection::connect(&stack.postgres().url("postgres"))
        .await
        .unwrap();
    let word: String = sqlx::query_scalar("select word from kept")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(word, "osprey");
    let got = exchange(&stack, "GET", "/divbase-kept/a.txt", "").await;
    assert!(got.ends_with("golden eagle"), "{got}");
    assert_eq!(
        stack.environment(),
        environment,
        "ports and password stay while they can"
    );
    stack.stop().await;
}

#[tokio::test]
async fn a_dropped_stack_leaves_no_process_and_comes_up_again() {
    let checkout = Checkout::new();
    drop(start(&checkout).await);
    // The next start must cope with whatever the kill left: no orderly shutdown happened.
    let stack = start(&checkout).await;
    PgConnection::connect(&stack.postgres().url("postgres"))
        .await
        .unwrap();
    stack.stop().await;
    assert!(
        checkout.processes().is_empty(),
        "{:?}",
        checkout.processes()
    );
}

#[test]
fn a_folder_has_one_holder() {
    let checkout = Checkout::new();
    let folder = checkout.root().join(".local/up");
    assert!(!stop_holder(&folder).unwrap(), "nothing runs yet");
    let held = RunFolder::kept(&folder).unwrap();
    let refused = RunFolder::kept(&folder).unwrap_err();
    let ServiceError::AlreadyRunning { pid, .. } = refused else {
        panic!("{refused}")
    };
    assert_eq!(pid, std::process::id());
    drop(held);
    RunFolder::kept(&folder).unwrap();
    assert!(!stop_holder(&folder).unwrap());
}
