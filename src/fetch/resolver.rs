//! Looks names up and hands out only addresses the guard lets through. The connector dials exactly what it gets from here, so
//! a name that changes its answer between check and use (DNS rebinding) gains nothing.

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::guard;

/// The system's resolver behind the guard.
#[derive(Debug, Clone, Copy)]
pub(super) struct GuardedResolver;

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            // Port 0 stands for "the one of the URL".
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let vetted = guard::vetted(found)?;
            Ok(Box::new(vetted.into_iter()) as Addrs)
        })
    }
}
