//! The road to Discord: where every HTTP client of the bot begins.
//!
//! Invariant: a release knows one road, the public one, with public certificate authorities and the machine's own names.
//! Another can only be given by code in a build with the feature `testing`; no setting can lead the token elsewhere unseen.

use std::fmt;
use std::sync::Arc;

use reqwest::ClientBuilder;

/// Gives a fresh builder for each HTTP client. Deadlines and redirects are the matter of whoever builds with it.
#[derive(Clone)]
pub struct Road(Arc<dyn Fn() -> ClientBuilder + Send + Sync>);

impl Road {
    /// The one that everybody takes.
    pub fn public() -> Self {
        Self(Arc::new(reqwest::Client::builder))
    }

    /// One of a test, where `discord.com` is a name of this machine with a certificate of the test's own authority.
    #[cfg(feature = "testing")]
    pub fn through(builder: impl Fn() -> ClientBuilder + Send + Sync + 'static) -> Self {
        Self(Arc::new(builder))
    }

    /// A client to be.
    pub(super) fn client(&self) -> ClientBuilder {
        (self.0)()
    }
}

impl fmt::Debug for Road {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Road").finish_non_exhaustive()
    }
}
