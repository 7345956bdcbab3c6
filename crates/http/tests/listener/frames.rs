//! HTTP/2 frames, written by hand.

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
pub(crate) const HEADERS: u8 = 1;
pub(crate) const RST_STREAM: u8 = 3;
pub(crate) const SETTINGS: u8 = 4;
pub(crate) const PING: u8 = 6;
pub(crate) const GOAWAY: u8 = 7;
pub(crate) const CONTINUATION: u8 = 9;
pub(crate) const ACK: u8 = 1;
pub(crate) const END_STREAM: u8 = 1;
pub(crate) const END_HEADERS: u8 = 4;
/// `GET http://a/`, HPACK-coded from the static table.
pub(crate) const REQUEST: &[u8] = &[0x82, 0x86, 0x84, 0x41, 1, b'a'];

/// A frame as RFC 9113 §4.1 lays it out.
pub(crate) fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut bytes = length[1..].to_vec();
    bytes.extend([kind, flags]);
    bytes.extend(stream.to_be_bytes());
    bytes.extend(payload);
    bytes
}

pub(crate) fn request(stream: u32) -> Vec<u8> {
    frame(HEADERS, END_STREAM | END_HEADERS, stream, REQUEST)
}

pub(crate) fn reset(stream: u32) -> Vec<u8> {
    frame(RST_STREAM, 0, stream, &8_u32.to_be_bytes())
}

/// `GET http://a/large`.
pub(crate) fn request_for_large(stream: u32) -> Vec<u8> {
    let path = [&[0x82, 0x86, 0x04, 6], b"/large".as_slice(), &[0x41, 1, b'a']].concat();
    frame(HEADERS, END_STREAM | END_HEADERS, stream, &path)
}

/// `HEAD http://a/`.
pub(crate) fn head_request(stream: u32) -> Vec<u8> {
    let head = [&[0x02, 4], b"HEAD".as_slice(), &[0x86, 0x84, 0x41, 1, b'a']].concat();
    frame(HEADERS, END_STREAM | END_HEADERS, stream, &head)
}

/// What a client says first, with these settings.
pub(crate) fn greeting(settings: &[(u16, u32)]) -> Vec<u8> {
    let payload: Vec<u8> = settings
        .iter()
        .flat_map(|(name, value)| [&name.to_be_bytes()[..], &value.to_be_bytes()].concat())
        .collect();
    [PREFACE, &frame(SETTINGS, 0, 0, &payload)].concat()
}

/// Takes the first whole frame off the listener of what has been read: its kind, flags and payload.
pub(crate) fn take_frame(unread: &mut Vec<u8>) -> Option<(u8, u8, Vec<u8>)> {
    let [high, middle, low, kind, flags, ..] = *unread.as_slice() else {
        return None;
    };
    let end = 9 + u32::from_be_bytes([0, high, middle, low]) as usize;
    let payload = unread.get(9..end)?.to_vec();
    unread.drain(..end);
    Some((kind, flags, payload))
}
