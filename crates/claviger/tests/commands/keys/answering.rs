//! A server that answers what a test says, for answers that a real one cannot be made to give.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

/// A server that runs until the test ends.
pub(crate) struct Answering {
    pub(crate) address: String,
}

impl Answering {
    /// Starts it. `answer` is given method, path, key and body, and gives status, further header lines and body; or nothing, and the
    /// connection is closed without an answer.
    pub(crate) fn start(
        answer: impl Fn(&str, &str, &str) -> Option<(u16, &'static str, String)> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                // The client may have closed the connection after its answer.
                drop(serve(&stream.unwrap(), &answer));
            }
        });
        Self { address }
    }

    /// One that always gives the same answer.
    pub(crate) fn always(status: u16, headers: &'static str, body: &'static str) -> Self {
        Self::start(move |_, _, _| Some((status, headers, body.to_owned())))
    }
}

fn serve(
    mut stream: &TcpStream,
    answer: &impl Fn(&str, &str, &str) -> Option<(u16, &'static str, String)>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let (mut request, mut key, mut length) = (String::new(), String::new(), 0);
    reader.read_line(&mut request)?;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim().split_once(':') else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().unwrap(),
            "authorization" => key = value.trim().trim_start_matches("Bearer ").to_owned(),
            _ => {}
        }
    }
    reader.read_exact(&mut vec![0; length])?;
    let mut words = request.split(' ');
    let (method, path) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    if let Some((status, headers, body)) = answer(method, path, &key) {
        let length = body.len();
        write!(
            stream,
            "HTTP/1.1 {status} Words\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n{body}"
        )?;
    }
    Ok(())
}
