//! A trap for the program: a peer that comes to a point of its script kills whoever talks to it, before it does anything else.
//! The point is exact that way; a kill from outside is late by as long as the test needs to notice.

use std::os::fd::OwnedFd;
use std::process::Child;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use super::http::HttpPeer;
use super::smtp::{SmtpPeer, Step};

/// Longest time between a peer that reached the point and the test that says whom to kill.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where a trap may be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// A source was asked for and does not answer yet.
    Asked,
    /// A source has answered; nothing of it is stored.
    Fetched,
    /// The mail server heard MAIL.
    Mail,
    /// It heard the final dot and has decided nothing.
    Dot,
    /// It took the mail and has not said so.
    Accepted,
    /// It has answered 250; the mark is not durable yet.
    Answered,
}

impl Point {
    pub const ALL: [Self; 6] = [Self::Asked, Self::Fetched, Self::Mail, Self::Dot, Self::Accepted, Self::Answered];

    /// Whether the server takes a mail here that its sender never learns of.
    pub fn leaves_it_unknown(self) -> bool {
        matches!(self, Self::Dot | Self::Accepted)
    }
}

/// Cheap to clone.
#[derive(Clone, Default)]
pub struct Trap(Arc<(Mutex<State>, Condvar)>);

#[derive(Default)]
struct State {
    /// Where it is set, and how often the point is let pass before.
    set: Option<(Point, usize)>,
    /// A handle, and not a number that could be another process by now.
    prey: Option<OwnedFd>,
}

impl Trap {
    /// Builds it into every step of a mail server.
    pub fn set_in_smtp(&self, peer: &SmtpPeer) {
        let steps = [
            (Step::Mail, Point::Mail),
            (Step::Dot, Point::Dot),
            (Step::Accepted, Point::Accepted),
            (Step::Answered, Point::Answered),
        ];
        for (step, point) in steps {
            let trap = self.clone();
            peer.run_at(step, move || trap.reached(point));
        }
    }

    /// Builds it into a path of a web server.
    pub fn set_in_http(&self, peer: &HttpPeer, path: &str) {
        let (asked, fetched) = (self.clone(), self.clone());
        peer.on_hit(path, move |_| asked.reached(Point::Asked));
        peer.on_answered(path, move |_| fetched.reached(Point::Fetched));
    }

    /// Sets it for the next process, which dies when `point` is reached after `passes` times.
    pub fn set(&self, point: Point, passes: usize) {
        *self.0.0.lock().unwrap() = State { set: Some((point, passes)), prey: None };
    }

    /// Says whom it is set for.
    pub fn hunt(&self, process: &Child) {
        let handle = pidfd_open(Pid::from_child(process), PidfdFlags::empty()).unwrap();
        self.0.0.lock().unwrap().prey = Some(handle);
        self.0.1.notify_all();
    }

    /// Whether it is still set; not any more afterwards.
    pub fn clear(&self) -> bool {
        std::mem::take(&mut *self.0.0.lock().unwrap()).set.is_some()
    }

    fn reached(&self, point: Point) {
        let mut state = self.0.0.lock().unwrap();
        match &mut state.set {
            Some((here, passes)) if *here == point && *passes > 0 => return *passes -= 1,
            Some((here, _)) if *here == point => state.set = None,
            _ => return,
        }
        let (state, _) = self.0.1.wait_timeout_while(state, PATIENCE, |state| state.prey.is_none()).unwrap();
        pidfd_send_signal(state.prey.as_ref().expect("the test names the process it started"), Signal::KILL).unwrap();
    }
}
