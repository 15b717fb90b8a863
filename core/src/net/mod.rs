//! Opens TCP and TLS, asks the DNS, fetches over HTTPS: the real parts of the outside ports, and the one room that
//! knows rustls.

mod clock;
mod count;
mod dialer;
mod http;
mod offline;
mod random;
mod resolver;
mod tls;
mod trust;

pub use clock::SystemClock;
pub use count::{CountingDialer, Counts};
pub use dialer::{DialLimits, TcpDialer};
pub use http::HttpClient;
pub use offline::{OfflineSwitch, SwitchedDialer};
pub use random::SystemRandom;
pub use resolver::SystemResolver;
pub use trust::authorities_in;
