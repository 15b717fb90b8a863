//! The switch a shell turns when the device has no network, and the dialer that obeys it.

use crate::ports::{BoxFuture, Dialer, Endpoint, NetError, Stream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether there is a network, as the app was told. Clones share one switch; it begins as online.
#[derive(Clone, Debug, Default)]
pub struct OfflineSwitch(Arc<AtomicBool>);

impl OfflineSwitch {
    /// Online until told otherwise.
    pub fn new() -> Self {
        Self::default()
    }
    /// `true`: no connection is tried from now on. Open connections are left to break by themselves.
    pub fn set_offline(&self, offline: bool) {
        self.0.store(offline, Ordering::Release);
    }
    /// Whether the app said that there is no network.
    pub fn is_offline(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// A dialer that tries nothing while the switch says offline: it answers [`NetError::Offline`] at once, before any
/// name is looked up.
#[derive(Clone, Debug)]
pub struct SwitchedDialer {
    inner: Arc<dyn Dialer>,
    switch: OfflineSwitch,
}

impl SwitchedDialer {
    /// Over another dialer.
    pub fn new(inner: Arc<dyn Dialer>, switch: OfflineSwitch) -> Self {
        Self { inner, switch }
    }
}

impl Dialer for SwitchedDialer {
    fn dial<'a>(&'a self, to: &'a Endpoint) -> BoxFuture<'a, Result<Box<dyn Stream>, NetError>> {
        if self.switch.is_offline() {
            return Box::pin(async { Err(NetError::Offline) });
        }
        self.inner.dial(to)
    }

    fn upgrade<'a>(
        &'a self,
        plain: Box<dyn Stream>,
        to: &'a Endpoint,
    ) -> BoxFuture<'a, Result<Box<dyn Stream>, NetError>> {
        if self.switch.is_offline() {
            return Box::pin(async { Err(NetError::Offline) });
        }
        self.inner.upgrade(plain, to)
    }
}
