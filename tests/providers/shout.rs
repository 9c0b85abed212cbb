//! example:shout in Rust, on the C interface alone: for tests. Its MessagePack is just enough for them.
use std::collections::HashMap;
use std::ffi::c_void;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::Mutex;

const OK: i32 = 0;
const MALFORMED: i32 = 1;
const INVALID: i32 = 2;
const DENIED: i32 = 3;
const UNSUPPORTED: i32 = 6;
const INTERNAL: i32 = 14;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Bytes {
    data: *const u8,
    size: usize,
}

#[repr(C)]
pub struct Sink {
    context: *mut c_void,
    write: extern "C" fn(*mut c_void, *const u8, usize),
}

#[repr(C)]
pub struct Call {
    size: usize,
    actor: Bytes,
    operation: Bytes,
    payload: Bytes,
    deadline_ns: i64,
}

#[repr(C)]
pub struct HostApi {
    abi_version: u32,
    size: usize,
    context: *mut c_void,
    version: Bytes,
    dispatch: extern "C" fn(*mut c_void, *const Call, *const Sink) -> i32,
    log: extern "C" fn(*mut c_void, u32, Bytes),
}

#[repr(C)]
pub struct ProviderApi {
    abi_version: u32,
    size: usize,
    create: extern "C" fn(*const HostApi, *mut *mut Shout, *const Sink) -> i32,
    destroy: extern "C" fn(*mut Shout),
    describe: extern "C" fn(*const Shout, *const Sink) -> i32,
    start: extern "C" fn(*const Shout, *const Sink) -> i32,
    handle_call: extern "C" fn(*const Shout, *const Call, *const Sink) -> i32,
    stop: extern "C" fn(*const Shout),
}

pub struct Shout {
    host: *const HostApi,
    ends: Mutex<HashMap<Vec<u8>, Vec<u8>>>, // by actor
}

type Answer = Result<Vec<u8>, (i32, &'static str)>;

impl Bytes {
    /// Borrowed from whoever called.
    unsafe fn get(&self) -> &[u8] {
        if self.size == 0 {
            return &[];
        }
        std::slice::from_raw_parts(self.data, self.size)
    }
}

/// Gives the sink what there is to give; a panic is an error.
fn give(sink: *const Sink, work: impl FnOnce() -> Answer) -> i32 {
    let answer = catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err((INTERNAL, "panicked")));
    let sink = unsafe { &*sink };
    match answer {
        Ok(bytes) => {
            (sink.write)(sink.context, bytes.as_ptr(), bytes.len());
            OK
        }
        Err((status, text)) => {
            (sink.write)(sink.context, text.as_ptr(), text.len());
            status
        }
    }
}

/// Reads MessagePack; nothing where the bytes end or are of another type.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        if count > self.0.len() {
            return None;
        }
        let (taken, rest) = self.0.split_at(count);
        self.0 = rest;
        Some(taken)
    }
    fn number(&mut self, count: usize) -> Option<usize> {
        Some(self.take(count)?.iter().fold(0, |sum, byte| sum << 8 | *byte as usize))
    }
    fn text(&mut self) -> Option<&'a [u8]> {
        let size = match self.number(1)? {
            first @ 0xA0..=0xBF => first & 0x1F,
            first @ 0xD9..=0xDB => self.number(1 << (first - 0xD9))?,
            _ => return None,
        };
        self.take(size)
    }
    fn map(&mut self) -> Option<usize> {
        match self.number(1)? {
            first @ 0x80..=0x8F => Some(first & 0x0F),
            0xDE => self.number(2),
            _ => None,
        }
    }
}

/// The actor, and the values that it is bound with.
fn configuration(payload: &[u8]) -> Option<(Vec<u8>, HashMap<Vec<u8>, Vec<u8>>)> {
    let mut reader = Reader(payload);
    let (mut actor, mut values) = (None, HashMap::new());
    for _ in 0..reader.map()? {
        if reader.text()? == b"module" {
            actor = Some(reader.text()?.to_vec());
            continue;
        }
        for _ in 0..reader.map()? {
            values.insert(reader.text()?.to_vec(), reader.text()?.to_vec());
        }
    }
    Some((actor?, values))
}

fn said(payload: &[u8]) -> Option<&[u8]> {
    let mut reader = Reader(payload);
    if reader.map()? != 1 || reader.text()? != b"text" {
        return None;
    }
    reader.text()
}

fn answer(text: &[u8]) -> Vec<u8> {
    let mut bytes = b"\x81\xA4text\xDB".to_vec();
    bytes.extend((text.len() as u32).to_be_bytes());
    bytes.extend(text);
    bytes
}

fn handle(shout: &Shout, call: &Call) -> Answer {
    let (actor, operation, payload) =
        unsafe { (call.actor.get(), call.operation.get(), call.payload.get()) };
    let mut ends = shout.ends.lock().map_err(|_| (INTERNAL, "poisoned"))?;
    match (actor, operation) {
        (b"system", b"BindActor") => {
            let (actor, mut values) = configuration(payload).ok_or((MALFORMED, "no configuration"))?;
            let end = values.remove(b"END".as_slice()).unwrap_or(b"!".to_vec());
            if end.is_empty() {
                return Err((INVALID, "END is empty"));
            }
            ends.insert(actor, end);
            Ok(vec![])
        }
        (b"system", b"RemoveActor") => {
            ends.remove(&configuration(payload).ok_or((MALFORMED, "no configuration"))?.0);
            Ok(vec![])
        }
        (b"system", _) => Err((UNSUPPORTED, "bad dispatch")),
        (actor, b"Shout") => {
            let mut text = said(payload).ok_or((MALFORMED, "Failed to de-serialize: text"))?.to_vec();
            text.make_ascii_uppercase();
            text.extend(ends.get(actor).ok_or((DENIED, "no binding"))?);
            Ok(answer(&text))
        }
        _ => Err((UNSUPPORTED, "bad dispatch")),
    }
}

extern "C" fn create(host: *const HostApi, instance: *mut *mut Shout, error: *const Sink) -> i32 {
    give(error, || {
        let shout = Box::new(Shout { host, ends: Mutex::default() });
        unsafe { *instance = Box::into_raw(shout) };
        Ok(vec![])
    })
}

extern "C" fn destroy(instance: *mut Shout) {
    drop(unsafe { Box::from_raw(instance) });
}

extern "C" fn describe(_: *const Shout, sink: *const Sink) -> i32 {
    give(sink, || {
        Ok(b"\x86\xA2id\xADexample:shout\xA4name\xA5Shout\xA7version\xA51.0.0\xA8revision\x01\
             \xB0long_description\xA0\xB4supported_operations\x91\x83\xA4name\xA5Shout\
             \xA9direction\x01\xA7doctext\xA0"
            .to_vec())
    })
}

extern "C" fn start(instance: *const Shout, error: *const Sink) -> i32 {
    give(error, || {
        let text = "started";
        let host = unsafe { &*(*instance).host };
        (host.log)(host.context, 4, Bytes { data: text.as_ptr(), size: text.len() });
        Ok(vec![])
    })
}

extern "C" fn handle_call(instance: *const Shout, call: *const Call, sink: *const Sink) -> i32 {
    give(sink, || handle(unsafe { &*instance }, unsafe { &*call }))
}

extern "C" fn stop(_: *const Shout) {}

#[no_mangle]
pub extern "C" fn wascc_capability_provider_v1() -> *const ProviderApi {
    static TABLE: ProviderApi = ProviderApi {
        abi_version: 1,
        size: std::mem::size_of::<ProviderApi>(),
        create,
        destroy,
        describe,
        start,
        handle_call,
        stop,
    };
    &TABLE
}
