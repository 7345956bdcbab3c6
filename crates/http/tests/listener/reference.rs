//! A slow and plain reading of HTTP/1.1 streams, to compare the listener with: written from RFC 9112, sharing nothing with it.

/// What a whole stream, after which the client closes its side, must lead to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// How many requests are executed.
    pub(crate) executed: usize,
    /// Whether the last answer is a refusal.
    pub(crate) is_refused: bool,
}

/// Reads a stream from its beginning to its end.
pub(crate) fn read(mut rest: &[u8]) -> Outcome {
    let mut executed = 0;
    loop {
        rest = rest.strip_prefix(b"\r\n").unwrap_or(rest);
        if rest.is_empty() {
            return Outcome { executed, is_refused: false };
        }
        let Some((body_length, closes, after_head)) = read_head(rest) else {
            return Outcome { executed, is_refused: true };
        };
        let length = match body_length {
            Some(length) => (length <= after_head.len()).then_some(length),
            None => read_chunks(after_head),
        };
        let Some(length) = length else {
            return Outcome { executed, is_refused: true };
        };
        executed += 1;
        rest = &after_head[length..];
        if closes {
            return Outcome { executed, is_refused: false };
        }
    }
}

/// The length of the body (none if it is chunked), whether the connection closes after it, and what follows the head.
fn read_head(stream: &[u8]) -> Option<(Option<usize>, bool, &[u8])> {
    let length = find(stream, b"\r\n\r\n")?;
    let lines: Vec<String> = split(&stream[..length], b"\r\n")
        .into_iter()
        .map(|line| line.iter().all(|byte| is_opaque(*byte)).then(|| text(line)))
        .collect::<Option<_>>()?;
    let (first, fields) = lines.split_first()?;
    let [method, target, version] = first.split(' ').collect::<Vec<_>>().try_into().ok()?;
    let is_known = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"].contains(&method);
    if !is_known || !["HTTP/1.0", "HTTP/1.1"].contains(&version) {
        return None;
    }
    let fields: Vec<(String, &str)> =
        fields.iter().map(|line| read_field(line)).collect::<Option<_>>()?;
    let all = |name: &str| -> Vec<&str> {
        fields.iter().filter(|(given, _)| given == name).map(|(_, value)| *value).collect()
    };
    let host = match all("host").as_slice() {
        [host] if is_host(host) => Some(*host),
        [] if version == "HTTP/1.0" => None,
        _ => return None,
    };
    if !is_target(method, target, host) || all("authorization").len() > 1 {
        return None;
    }
    let body = match (all("content-length").as_slice(), all("transfer-encoding").as_slice()) {
        ([], []) => Some(0),
        ([length], []) if !length.is_empty() && length.chars().all(|c| c.is_ascii_digit()) => {
            Some(length.parse().ok()?)
        }
        ([], [coding]) if version == "HTTP/1.1" && coding.eq_ignore_ascii_case("chunked") => None,
        _ => return None,
    };
    // Since HTTP/1.1, connections are kept unless somebody asks for the opposite; before, it was the other way round (RFC 9112 §9.3).
    let goes_on = all("connection").into_iter().fold(version == "HTTP/1.1", |goes_on, value| {
        let asks =
            |option: &str| value.split(',').any(|given| given.trim().eq_ignore_ascii_case(option));
        if goes_on { !asks("close") } else { asks("keep-alive") }
    });
    Some((body, !goes_on, &stream[length + 4..]))
}

fn read_field(line: &str) -> Option<(String, &str)> {
    let (name, value) = line.split_once(':')?;
    let is_token = !name.is_empty()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c));
    let name = name.to_ascii_lowercase();
    // Bytes beyond ASCII are fine where nobody reads the value (RFC 9110 §5.5).
    let is_fine = value.is_ascii() || !["authorization", "connection"].contains(&name.as_str());
    (is_token && is_fine).then(|| (name, value.trim_matches([' ', '\t'])))
}

fn is_target(method: &str, target: &str, host: Option<&str>) -> bool {
    if target == "*" {
        return method == "OPTIONS";
    }
    let lower = target.to_ascii_lowercase();
    let path = if target.starts_with('/') {
        target
    } else if let Some(rest) =
        lower.strip_prefix("http://").or_else(|| lower.strip_prefix("https://"))
    {
        let rest = &target[target.len() - rest.len()..];
        let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        if !host.is_some_and(|host| host.eq_ignore_ascii_case(authority)) {
            return false;
        }
        path
    } else {
        return false;
    };
    let pieces: Vec<&str> = path.split('%').collect();
    let escapes_are_whole = pieces[1..].iter().all(|piece| {
        piece.get(..2).is_some_and(|digits| digits.chars().all(|c| c.is_ascii_hexdigit()))
    });
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@/?%".contains(c);
    escapes_are_whole && path.chars().all(allowed)
}

fn is_host(host: &str) -> bool {
    let (name, port) = host.split_once(':').unwrap_or((host, "80"));
    let is_name =
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-._~".contains(c));
    let is_port = port.chars().all(|c| c.is_ascii_digit()) && port.parse::<u16>().is_ok();
    is_name && is_port
}

/// The length of a whole chunked body.
fn read_chunks(body: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let line_length = find(&body[at..], b"\r\n")?;
        let line = &body[at..at + line_length];
        let line = line.iter().all(|byte| is_text(*byte)).then(|| text(line))?;
        let digits = line.split(';').next()?;
        let is_size =
            (1..=16).contains(&digits.len()) && digits.chars().all(|c| c.is_ascii_hexdigit());
        let size = is_size.then(|| usize::from_str_radix(digits, 16).ok())??;
        at += line_length + 2;
        if size == 0 {
            break;
        }
        if body.get(at.checked_add(size)?..at.checked_add(size)?.checked_add(2)?)? != b"\r\n" {
            return None;
        }
        at += size + 2;
    }
    loop {
        let line_length = find(&body[at..], b"\r\n")?;
        let line = &body[at..at + line_length];
        at += line_length + 2;
        if line.is_empty() {
            return Some(at);
        }
        let line = line.iter().all(|byte| is_opaque(*byte)).then(|| text(line))?;
        let (name, _) = read_field(&line)?;
        if ["content-length", "transfer-encoding", "host", "authorization", "trailer", "connection"]
            .contains(&name.as_str())
        {
            return None;
        }
    }
}

fn is_text(byte: u8) -> bool {
    byte == b'\t' || (b' '..=b'~').contains(&byte)
}

fn is_opaque(byte: u8) -> bool {
    is_text(byte) || byte >= 0x80
}

/// Every byte as the character of its number.
fn text(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

fn split<'t>(mut text: &'t [u8], separator: &[u8]) -> Vec<&'t [u8]> {
    let mut pieces = Vec::new();
    while let Some(at) = find(text, separator) {
        pieces.push(&text[..at]);
        text = &text[at + separator.len()..];
    }
    pieces.push(text);
    pieces
}
