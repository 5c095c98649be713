//! How one frame is put on the wire: plain text, zlib per payload, or one zlib stream per connection.
//! Invariant: pure; with `zlib-stream` every frame ends in the sync flush marker `00 00 FF FF`.

use std::io::Write as _;

use axum::extract::ws::Message;
use flate2::write::ZlibEncoder;
use flate2::{Compress, Compression, FlushCompress};

/// Payloads above this many bytes are compressed when the client allows it (READY and large guilds).
const LARGE: usize = 4_096;

/// The transport form of a connection.
pub enum Encoder {
    /// Text frames.
    Plain,
    /// `compress: true` in IDENTIFY: large payloads come as zlib in a binary frame.
    PerPayload,
    /// `?compress=zlib-stream`.
    Stream(Box<Compress>),
}

impl Encoder {
    /// From the query of the connection.
    pub fn new(compress: Option<&str>) -> Self {
        match compress {
            Some("zlib-stream") => Self::Stream(Box::new(Compress::new(Compression::fast(), true))),
            _ => Self::Plain,
        }
    }

    /// From IDENTIFY; the stream form has precedence.
    pub fn per_payload(&mut self, wanted: bool) {
        if wanted && matches!(self, Self::Plain) {
            *self = Self::PerPayload;
        }
    }

    /// One frame.
    pub fn encode(&mut self, text: &str) -> Message {
        match self {
            Self::Stream(stream) => Message::Binary(deflate(stream, text.as_bytes()).into()),
            Self::PerPayload if text.len() > LARGE => {
                let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
                match encoder.write_all(text.as_bytes()).and_then(|()| encoder.finish()) {
                    Ok(bytes) => Message::Binary(bytes.into()),
                    Err(_) => Message::Text(text.into()),
                }
            }
            Self::Plain | Self::PerPayload => Message::Text(text.into()),
        }
    }
}

fn deflate(stream: &mut Compress, bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() / 2 + 64);
    let before = stream.total_in();
    loop {
        let consumed = (stream.total_in() - before) as usize;
        let room = out.capacity();
        // Into a vector this cannot fail; "no progress" shows as room left over.
        let done = stream.compress_vec(&bytes[consumed..], &mut out, FlushCompress::Sync);
        let all_in = (stream.total_in() - before) as usize == bytes.len();
        if done.is_err() || (all_in && out.len() < room) {
            return out;
        }
        out.reserve(room.max(64));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Decompress, FlushDecompress};

    #[test]
    fn a_stream_of_frames_reads_back_as_one() {
        let mut encoder = Encoder::new(Some("zlib-stream"));
        let mut reader = Decompress::new(true);
        for text in ["short".to_owned(), "long ".repeat(20_000), "x".to_owned()] {
            let Message::Binary(bytes) = encoder.encode(&text) else { panic!("must be binary") };
            assert!(bytes.ends_with(&[0, 0, 0xff, 0xff]));
            let mut out = Vec::with_capacity(200_000);
            reader.decompress_vec(&bytes, &mut out, FlushDecompress::Sync).unwrap();
            assert_eq!(out, text.as_bytes());
        }
    }
}
