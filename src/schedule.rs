//! When to poll next.
