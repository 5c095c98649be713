//! Named places where a test may kill the process. Without the cargo feature `testing` they are nothing at all.

/// Dies at once, as if by SIGKILL, when the environment's `RUHEPOL_TEST__FAILPOINT` names this place. `name:3` dies the
/// third time the place is passed.
#[macro_export]
macro_rules! failpoint {
    ($name:literal) => {
        #[cfg(feature = "testing")]
        $crate::failpoint::pass($name);
    };
}

/// What [`failpoint!`] calls.
#[cfg(feature = "testing")]
pub fn pass(name: &str) {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU32, Ordering};
    static ARMED: OnceLock<Option<(String, u32)>> = OnceLock::new();
    static PASSED: AtomicU32 = AtomicU32::new(0);
    let armed = ARMED.get_or_init(|| {
        let value = std::env::var("RUHEPOL_TEST__FAILPOINT").ok()?;
        let (place, nth) = value.split_once(':').unwrap_or((&value, "1"));
        Some((place.to_owned(), nth.parse().ok()?))
    });
    if let Some((place, nth)) = armed
        && place == name
        && PASSED.fetch_add(1, Ordering::SeqCst) + 1 == *nth
    {
        // abort() runs no destructors and flushes nothing: to the database it is a SIGKILL.
        std::process::abort();
    }
}
