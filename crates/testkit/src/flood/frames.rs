//! The frames of HTTP/2 (RFC 9113) that floods consist of, with header lists that no table compresses (RFC 7541 §6.2.2).

pub(super) const DATA: u8 = 0;
pub(super) const HEADERS: u8 = 1;
pub(super) const RST_STREAM: u8 = 3;
pub(super) const SETTINGS: u8 = 4;
pub(super) const PING: u8 = 6;
pub(super) const CONTINUATION: u8 = 9;

pub(super) const END_STREAM: u8 = 1;
pub(super) const END_HEADERS: u8 = 4;

/// `SETTINGS_INITIAL_WINDOW_SIZE`.
const INITIAL_WINDOW_SIZE: [u8; 2] = [0, 4];

/// One frame.
pub(super) fn frame(kind: u8, flags: u8, stream: usize, payload: &[u8]) -> Vec<u8> {
    let length = payload.len().to_be_bytes();
    let stream = stream.to_be_bytes();
    [&length[length.len() - 3..], &[kind, flags], &stream[stream.len() - 4..], payload].concat()
}

/// What a client says first, with the window that it opens for each answer.
pub(super) fn greeting(window: u32) -> Vec<u8> {
    let settings = [&INITIAL_WINDOW_SIZE[..], &window.to_be_bytes()].concat();
    [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), frame(SETTINGS, 0, 0, &settings)].concat()
}

/// The block of a request's header list.
pub(super) fn block(method: &str, path: &str, fields: &[(&str, &str)]) -> Vec<u8> {
    let pseudo =
        [(":method", method), (":scheme", "http"), (":path", path), (":authority", "localhost")];
    pseudo.iter().chain(fields).flat_map(|(name, value)| field(name, value)).collect()
}

fn field(name: &str, value: &str) -> Vec<u8> {
    [vec![0], text(name), text(value)].concat()
}

/// A text with its length, without Huffman coding.
fn text(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() + 3);
    let mut length = text.len();
    if length < 127 {
        bytes.extend(u8::try_from(length));
    } else {
        bytes.push(127);
        length -= 127;
        while length >= 128 {
            bytes.extend(u8::try_from(length % 128 + 128));
            length /= 128;
        }
        bytes.extend(u8::try_from(length));
    }
    bytes.extend_from_slice(text.as_bytes());
    bytes
}
