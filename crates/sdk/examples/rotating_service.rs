//! A web service that rotates its own key nightly: `rotating_service <key file> <address>`.
//!
//! The key is in a file of its own, which belongs to the service alone, and `ARIZE_BASE_URL` says where the server is. `GET /spaces`
//! answers with the names of the spaces that the key may see.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example that prints")]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use arize::api_keys::{RotateRequest, store_file};
use arize::jiff::{SignedDuration, Timestamp};
use arize::{Client, Secret, spaces};
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;

/// How old a key may get.
const NIGHT: SignedDuration = SignedDuration::from_hours(24);

/// The client that is used now. Requests take a clone of it, so that a rotation waits for nobody.
type Current = Arc<RwLock<Client>>;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let file: PathBuf = arguments.next().ok_or("which key file?")?.into();
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:3000".into());
    let client = Client::builder().api_key(Secret::from_file(&file)?).build()?;

    let current: Current = Arc::new(RwLock::new(client));
    tokio::spawn(keep_rotating(Arc::clone(&current), file));

    let listener = tokio::net::TcpListener::bind(address).await?;
    println!("listening at {}", listener.local_addr()?);
    let routes = axum::Router::new().route("/spaces", get(names_of_spaces)).with_state(current);
    axum::serve(listener, routes).await?;
    Ok(())
}

async fn names_of_spaces(State(current): State<Current>) -> Result<String, (StatusCode, String)> {
    let client = read(&current);
    let spaces = client.spaces().list_all(spaces::ListRequest::new()).collect().await;
    match spaces {
        Ok(spaces) => {
            let names: Vec<_> = spaces.iter().map(|space| space.name.as_str()).collect();
            Ok(names.join("\n"))
        }
        Err(error) => Err((StatusCode::BAD_GATEWAY, error.to_string())),
    }
}

/// Looks once an hour whether the key is a day old. So a night that was missed, as the service was down, is made up for.
async fn keep_rotating(current: Current, file: PathBuf) {
    let mut hourly = tokio::time::interval(Duration::from_hours(1));
    loop {
        hourly.tick().await;
        let client = read(&current);
        match rotate_if_old(&client, &file).await {
            Ok(Some(rotated)) => {
                *current.write().unwrap_or_else(std::sync::PoisonError::into_inner) = rotated;
            }
            Ok(None) => {}
            // The key that was there works on: try again in an hour.
            Err(error) => eprintln!("the key was not rotated: {error}"),
        }
    }
}

/// Rotates the key that the client uses if it is a day old, and returns the client with the new one.
async fn rotate_if_old(client: &Client, file: &Path) -> Result<Option<Client>, Box<dyn Error>> {
    let keys = client.api_keys();
    let own = keys.current().await?;
    #[expect(clippy::disallowed_methods, reason = "a program of its own, with the system's clock")]
    let now = Timestamp::now();
    if own.created_at.is_some_and(|made| now.duration_since(made) < NIGHT) {
        return Ok(None);
    }
    // Nobody else rotates this key, so what a crash interrupted is taken up.
    let request = RotateRequest::new(&own.id).resume(true);
    let rotated = keys.rotate(request, store_file(file)?).await?;
    println!("rotated: {} takes the place of {}", rotated.id, own.id);
    Ok(Some(client.with_key(Secret::from_file(file)?)?))
}

fn read(current: &Current) -> Client {
    current.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
}
